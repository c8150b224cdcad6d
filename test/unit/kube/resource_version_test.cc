#include "lib/kube/resource_version.h"

#include "test/support/catch.h"

namespace k8sm::kube {
namespace {

TEST_CASE("resource versions compare as numbers of any length") {
  CHECK(IsNewer("10", "9"));
  CHECK_FALSE(IsNewer("9", "10"));
  CHECK_FALSE(IsNewer("10", "10"));
  CHECK(IsNewer("100000000000000000000000000", "99999999999999999999999999"));
}

TEST_CASE("IsNewer takes the later version for the newer one if either is not a number") {
  CHECK(IsNewer("abc", "10"));
  CHECK(IsNewer("10", ""));
  CHECK(IsNewer("9", "010"));
  CHECK(IsNewer("9", "10x"));
  CHECK(IsNewer("0", "10"));
  CHECK(IsNewer("", "10"));
}

}  // namespace
}  // namespace k8sm::kube
