#include "controller/inspect/text_table.h"

#include "controller/inspect/page_parts.h"
#include "test/support/catch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

std::string Whole(TextTable table) {
  std::string text;
  while (table(text)) {
  }
  return text;
}

TEST_CASE("the columns of a table are aligned, and an empty cell is shown as a dash") {
  const std::vector<TableRow> rows = {{"a-long-name", "", "a sentence of some words"}, {"b", "http"}};
  const auto row = [&](std::size_t index) { return rows[index]; };
  CHECK(Whole(TextTable({"POD", "PORT", "WHY"}, rows.size(), row, 2)) ==
        "  POD          PORT  WHY\n"
        "  a-long-name  -     a sentence of some words\n"
        "  b            http\n");
  CHECK(Whole(TextTable({"A", "B"}, 0, row)) == "A  B\n");
}

TEST_CASE("a table of exactly kRowsPerStep rows has one header") {
  const auto row = [](std::size_t) -> TableRow { return {"x"}; };
  const std::string text = Whole(TextTable({"N"}, kRowsPerStep, row));
  CHECK(text.starts_with("N\nx\n"));
  CHECK(std::ranges::count(text, 'N') == 1);
  CHECK(std::ranges::count(text, 'x') == kRowsPerStep);
}

TEST_CASE("a long table is written in blocks whose columns never get narrower") {
  constexpr std::size_t kRows = 2 * kRowsPerStep + 1;
  std::size_t looked = 0;
  TextTable table({"N", "X"}, kRows, [&looked](std::size_t index) -> TableRow {
    CHECK(index == looked++);
    return {index + 2 == 2 * kRowsPerStep ? "widest" : std::to_string(index), "x"};
  });
  std::string text;
  CHECK(table(text));
  CHECK(text.starts_with("N    X\n0    x\n1    x\n"));
  CHECK(text.ends_with("\n499  x\n"));
  text.clear();
  CHECK(table(text));
  CHECK(text.starts_with("500     x\n"));
  CHECK(text.ends_with("\nwidest  x\n999     x\n"));
  text.clear();
  CHECK(!table(text));
  CHECK(text == "1000    x\n");
}

TEST_CASE("a block of long cells has fewer rows") {
  constexpr std::size_t kRows = 10;
  TextTable table({"A"}, kRows,
                  [](std::size_t) -> TableRow { return {std::string(kBytesPerStep / 2, 'x')}; });
  std::size_t steps = 0;
  for (bool more = true; more; ++steps) {
    std::string text;
    more = table(text);
    CHECK(text.size() <= kBytesPerStep + 10);
  }
  CHECK(steps == kRows / 2);
}

}  // namespace
}  // namespace k8sm::controller
