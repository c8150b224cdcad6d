#include "controller/inspect/text_table.h"

#include "controller/inspect/page_parts.h"

#include <algorithm>
#include <string_view>

namespace k8sm::controller {
namespace {

std::string_view Shown(const std::string& cell) {
  return cell.empty() ? std::string_view("-") : std::string_view(cell);
}

}  // namespace

void TableBlocks::Add(TableRow row) {
  for (const std::string& cell : row) bytes_ += cell.size();
  block_.push_back(std::move(row));
}

bool TableBlocks::full() const {
  return block_.size() >= kRowsPerStep || bytes_ >= kBytesPerStep;
}

void TableBlocks::Write(std::string& out) {
  if (!begun_) Measure(header_);
  for (const TableRow& row : block_) Measure(row);
  if (!begun_) Append(header_, out);
  begun_ = true;
  for (const TableRow& row : block_) Append(row, out);
  block_.clear();
  bytes_ = 0;
}

void TableBlocks::Measure(const TableRow& row) {
  widths_.resize(std::max(widths_.size(), row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], Shown(row[i]).size());
}

void TableBlocks::Append(const TableRow& row, std::string& out) const {
  out.append(indent_, ' ');
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string_view cell = Shown(row[i]);
    out.append(cell);
    if (i + 1 < row.size()) out.append(widths_[i] + 2 - cell.size(), ' ');
  }
  out += '\n';
}

bool TextTable::operator()(std::string& out) {
  while (next_ < rows_ && !blocks_.full()) blocks_.Add(row_(next_++));
  blocks_.Write(out);
  return next_ < rows_;
}

}  // namespace k8sm::controller
