#include "lib/base/split_list.h"

#include "test/support/catch.h"

namespace k8sm {
namespace {

using List = std::vector<std::string>;

TEST_CASE("SplitList takes off the blanks around entries, and leaves those inside", "[base]") {
  CHECK(SplitList("a,b") == List{"a", "b"});
  CHECK(SplitList(" fixed\t, * ") == List{"fixed", "*"});
  CHECK(SplitList("a b , c") == List{"a b", "c"});
}

TEST_CASE("SplitList leaves out empty entries", "[base]") {
  CHECK(SplitList("").empty());
  CHECK(SplitList(" , ,\t").empty());
  CHECK(SplitList(",a,, b,") == List{"a", "b"});
}

}  // namespace
}  // namespace k8sm
