#include "controller/inspect/json_steps.h"

#include "controller/inspect/page_parts.h"
#include "test/support/catch.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

TEST_CASE("a JsonObject has its members in their order") {
  CHECK(JsonObject().Done() == "{}");
  CHECK(JsonObject().Text("a", "\"b\"").Bool("c", false).Raw("d", "[1]").Done() ==
        R"({"a":"\"b\"","c":false,"d":[1]})");
  CHECK(JsonOf(std::vector<int>{1, 2}, [](int n) { return std::to_string(n); }) == "[1,2]");
}

TEST_CASE("a text is whole however long it is") {
  const std::string text(5'000, 'x');
  CHECK(JsonObject().Text(text, text).Done() == "{\"" + text + "\":\"" + text + "\"}");
}

TEST_CASE("a JsonArray writes kRowsPerStep elements in a step") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kRowsPerStep, 2 * kRowsPerStep + 1}) {
    CAPTURE(size);
    std::string expected = "[";
    for (std::size_t i = 0; i < size; ++i) expected += (i == 0 ? "" : ",") + std::to_string(i);
    JsonArray array(size, [](std::size_t index) { return std::to_string(index); });
    // The text before the array does not count.
    const std::string before = GENERATE(std::string(), std::string(2 * kBytesPerStep, ' '));
    std::string text = before;
    std::size_t steps = 1;
    while (array(text)) REQUIRE(++steps < 10);
    CHECK(text == before + expected + "]");
    CHECK(steps == std::max<std::size_t>(1, (size + kRowsPerStep - 1) / kRowsPerStep));
  }
}

TEST_CASE("a JsonArray of long elements writes about kBytesPerStep in a step") {
  const std::string element(kBytesPerStep / 2, '1');
  JsonArray array(5, [&element](std::size_t) { return element; });
  std::string text;
  std::size_t longest = 0;
  bool more = true;
  for (int step = 0; more && step < 10; ++step) {
    const std::size_t before = text.size();
    more = array(text);
    longest = std::max(longest, text.size() - before);
  }
  CHECK_FALSE(more);
  CHECK(longest <= kBytesPerStep + element.size());
  CHECK(std::ranges::count(text, ',') == 4);
}

}  // namespace
}  // namespace k8sm::controller
