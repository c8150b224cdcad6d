#include "controller/inspect/text_table.h"

#include "test/support/catch.h"

namespace k8sm::controller {
namespace {

TEST_CASE("cells stand below each other and empty ones show") {
  CHECK(TextTable({{"POD", "PORT", "WHY"}, {"a-long-name", "", "a sentence of some words"}, {"b", "http"}},
                  2) ==
        "  POD          PORT  WHY\n"
        "  a-long-name  -     a sentence of some words\n"
        "  b            http\n");
  CHECK(TextTable({}).empty());
}

}  // namespace
}  // namespace k8sm::controller
