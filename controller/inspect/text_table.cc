#include "controller/inspect/text_table.h"

#include "controller/inspect/page_parts.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

std::string_view Shown(const std::string& cell) {
  return cell.empty() ? std::string_view("-") : std::string_view(cell);
}

}  // namespace

TextTable::TextTable(TableRow header, std::size_t rows, std::function<TableRow(std::size_t)> row,
                     std::size_t indent)
    : header_(std::move(header)), rows_(rows), row_(std::move(row)), indent_(indent) {
  Measure(header_);
}

bool TextTable::operator()(std::string& out) {
  std::size_t left = kRowsPerStep;
  for (; measured_ < rows_ && left > 0; --left) Measure(row_(measured_++));
  if (measured_ < rows_) return true;
  if (written_ == 0 && left > 0) Append(header_, out);
  for (; written_ < rows_ && left > 0; --left) Append(row_(written_++), out);
  return written_ < rows_;
}

void TextTable::Measure(const TableRow& row) {
  widths_.resize(std::max(widths_.size(), row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], Shown(row[i]).size());
}

void TextTable::Append(const TableRow& row, std::string& out) const {
  out.append(indent_, ' ');
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string_view cell = Shown(row[i]);
    out.append(cell);
    if (i + 1 < row.size()) out.append(widths_[i] + 2 - cell.size(), ' ');
  }
  out += '\n';
}

}  // namespace k8sm::controller
