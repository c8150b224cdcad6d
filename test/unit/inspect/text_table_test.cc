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

TEST_CASE("cells stand below each other and empty ones show") {
  const std::vector<TableRow> rows = {{"a-long-name", "", "a sentence of some words"}, {"b", "http"}};
  const auto row = [&](std::size_t index) { return rows[index]; };
  CHECK(Whole(TextTable({"POD", "PORT", "WHY"}, rows.size(), row, 2)) ==
        "  POD          PORT  WHY\n"
        "  a-long-name  -     a sentence of some words\n"
        "  b            http\n");
  CHECK(Whole(TextTable({"A", "B"}, 0, row)) == "A  B\n");
}

TEST_CASE("a table of as many rows as a step looks at has one header") {
  const auto row = [](std::size_t) -> TableRow { return {"x"}; };
  const std::string text = Whole(TextTable({"N"}, kRowsPerStep, row));
  CHECK(text.starts_with("N\nx\n"));
  CHECK(std::ranges::count(text, 'N') == 1);
  CHECK(std::ranges::count(text, 'x') == kRowsPerStep);
}

TEST_CASE("a long table is made in steps that look at so many rows and know the widest of all") {
  constexpr std::size_t kRows = 3 * kRowsPerStep + 1;
  std::size_t looked = 0;
  TextTable table({"N", "X"}, kRows, [&looked](std::size_t index) -> TableRow {
    ++looked;
    return {index + 1 == kRows ? "widest" : std::to_string(index), "x"};
  });
  std::string text;
  std::size_t steps = 1;
  for (std::size_t before = 0; table(text); ++steps) {
    CHECK(looked - before <= kRowsPerStep);
    before = looked;
  }
  CHECK(looked == 2 * kRows);
  CHECK(steps == (2 * kRows + kRowsPerStep - 1) / kRowsPerStep);
  CHECK(text.starts_with("N       X\n0       x\n1       x\n"));
  CHECK(text.ends_with("\nwidest  x\n"));
  CHECK(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(kRows + 1));
}

}  // namespace
}  // namespace k8sm::controller
