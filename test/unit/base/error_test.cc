#include "lib/base/error.h"

#include "test/support/catch.h"

#include <stdexcept>
#include <string>

namespace k8sm {
namespace {

TEST_CASE("ToString of an error gives its class and its message, if any") {
  CHECK(ToString(Error{.code = Errc::kConflict, .message = "the object has been modified"}) ==
        "conflict: the object has been modified");
  CHECK(ToString(Error{.code = Errc::kTimeout}) == "timeout");
  CHECK(ToString(Error{.code = Errc::kRejected, .message = "a\nb"}) == "rejected: a\\nb");
  CHECK(ToString(Error{.code = Errc::kRejected, .message = std::string(3'000, 'x')}) ==
        "rejected: " + std::string(1'997, 'x') + "...");
}

TEST_CASE("value() of a failed result throws a logic_error") {
  const Result<int> failed = Error{.code = Errc::kNotFound, .message = "nothing here"};
  CHECK_THROWS_AS(failed.value(), std::logic_error);
}

}  // namespace
}  // namespace k8sm
