// Aligned text tables for a terminal.

#ifndef K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
#define K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

using TableRow = std::vector<std::string>;

// Writes rows in blocks, so that a long table need not be kept until the widest cell is known. Each row is a
// line after `indent` spaces. Columns are two spaces apart and as wide as the widest cell of the block and of
// those before it; the last cell of a row is not padded. An empty cell is shown as "-".
class TableBlocks {
 public:
  explicit TableBlocks(TableRow header, std::size_t indent = 0)
      : header_(std::move(header)), indent_(indent) {}

  // Adds a row to the current block.
  void Add(TableRow row);
  // Whether the block is as long as one may get, in rows or in bytes: then it has to be written.
  bool full() const;
  // Writes the block after the header, if that has not been written, and begins another.
  void Write(std::string& out);

 private:
  // Widens the columns to fit the row.
  void Measure(const TableRow& row);
  void Append(const TableRow& row, std::string& out) const;

  const TableRow header_;
  const std::size_t indent_;
  std::vector<TableRow> block_;
  std::size_t bytes_ = 0;  // of the block
  std::vector<std::size_t> widths_;
  bool begun_ = false;
};

// Generates the text of a table of known length in steps, of one block each. A PageParts::Part.
class TextTable {
 public:
  // `row` returns the row at `index`, which is less than `rows`. It is called once for each index, in order.
  TextTable(TableRow header, std::size_t rows, std::function<TableRow(std::size_t index)> row,
            std::size_t indent = 0)
      : blocks_(std::move(header), indent), rows_(rows), row_(std::move(row)) {}

  // Appends the next block. Returns whether more follows.
  bool operator()(std::string& out);

 private:
  TableBlocks blocks_;
  const std::size_t rows_;
  const std::function<TableRow(std::size_t)> row_;
  std::size_t next_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_TEXT_TABLE_H_
