// Tables for a terminal.

#ifndef K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
#define K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace k8sm::controller {

using TableRow = std::vector<std::string>;

// The rows, each on a line after `indent` blanks, with their cells below each other, two blanks apart and as
// wide as the widest; the last cell of a row ends its line. An empty cell is told as "-".
std::string TextTable(const std::vector<TableRow>& rows, std::size_t indent = 0);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
