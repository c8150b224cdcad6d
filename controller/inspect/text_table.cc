#include "controller/inspect/text_table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace k8sm::controller {
namespace {

std::string_view Shown(const std::string& cell) {
  return cell.empty() ? std::string_view("-") : std::string_view(cell);
}

std::vector<std::size_t> WidthsOf(const std::vector<TableRow>& rows) {
  std::vector<std::size_t> widths;
  for (const TableRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Shown(row[i]).size());
  }
  return widths;
}

}  // namespace

std::string TextTable(const std::vector<TableRow>& rows, std::size_t indent) {
  const std::vector<std::size_t> widths = WidthsOf(rows);
  std::string text;
  for (const TableRow& row : rows) {
    text.append(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string_view cell = Shown(row[i]);
      text.append(cell);
      if (i + 1 < row.size()) text.append(widths[i] + 2 - cell.size(), ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace k8sm::controller
