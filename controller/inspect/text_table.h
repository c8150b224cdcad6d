// Tables for a terminal.

#ifndef K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
#define K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace k8sm::controller {

using TableRow = std::vector<std::string>;

// A table's text, made in steps; a PageParts::Part. Its rows stand each on a line after `indent` blanks, with
// their cells below each other, two blanks apart and as wide as the widest; the last cell of a row ends its
// line. An empty cell is shown as "-".
class TextTable {
 public:
  // `row` gives the row of an index below `rows`; it is called twice for each, kRowsPerStep times in a step,
  // and has to give the same row both times.
  TextTable(TableRow header, std::size_t rows, std::function<TableRow(std::size_t index)> row,
            std::size_t indent = 0);

  // Appends what the next step makes: nothing as long as the columns' widths are not known. Returns whether
  // more follows.
  bool operator()(std::string& out);

 private:
  void Measure(const TableRow& row);
  void Append(const TableRow& row, std::string& out) const;

  const TableRow header_;
  const std::size_t rows_;
  const std::function<TableRow(std::size_t)> row_;
  const std::size_t indent_;
  std::vector<std::size_t> widths_;
  std::size_t measured_ = 0;  // rows
  std::size_t written_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
