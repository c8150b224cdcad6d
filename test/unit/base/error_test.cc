#include "lib/base/error.h"

#include "test/support/catch.h"

#include <stdexcept>

namespace k8sm {
namespace {

TEST_CASE("ToString of an error gives its class and its message, if any") {
  CHECK(ToString(Error{.code = Errc::kConflict, .message = "the object has been modified"}) ==
        "conflict: the object has been modified");
  CHECK(ToString(Error{.code = Errc::kTimeout}) == "timeout");
}

TEST_CASE("value() of a failed result throws a logic_error") {
  const Result<int> failed = Error{.code = Errc::kNotFound, .message = "nothing here"};
  CHECK_THROWS_AS(failed.value(), std::logic_error);
}

}  // namespace
}  // namespace k8sm
