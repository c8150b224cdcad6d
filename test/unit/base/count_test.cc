#include "lib/base/count.h"

#include "test/support/catch.h"

namespace k8sm {
namespace {

TEST_CASE("Count uses the singular of the noun for 1 only", "[base]") {
  CHECK(Count(0, "agent") == "0 agents");
  CHECK(Count(1, "agent") == "1 agent");
  CHECK(Count(2, "more line") == "2 more lines");
  CHECK(Count(18'446'744'073'709'551'615U, "pod") == "18446744073709551615 pods");
}

}  // namespace
}  // namespace k8sm
