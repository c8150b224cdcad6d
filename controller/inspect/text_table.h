// Aligned text tables for a terminal.

#ifndef K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
#define K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace k8sm::controller {

using TableRow = std::vector<std::string>;

// Generates the text of a table in steps. A PageParts::Part. Each row is a line after `indent` spaces.
// Columns are as wide as their widest cell and two spaces apart; the last cell of a row is not padded. An
// empty cell is shown as "-".
class TextTable {
 public:
  // `row` returns the row at `index`, which is less than `rows`. It is called twice for each index,
  // kRowsPerStep times per step, and must return the same row both times.
  TextTable(TableRow header, std::size_t rows, std::function<TableRow(std::size_t index)> row,
            std::size_t indent = 0);

  // Appends the output of the next step, which is empty while column widths are being measured. Returns
  // whether more follows.
  bool operator()(std::string& out);

 private:
  // Widens the columns to fit the row.
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
