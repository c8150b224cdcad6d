#include "lib/informer/failure_log.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::informer {
namespace {

using std::chrono::seconds;

const Error kRefused{.code = Errc::kUnavailable, .message = "connection refused"};
const Error kDenied{.code = Errc::kForbidden, .message = "forbidden"};

FailureLog::TimePoint At(int s) {
  return FailureLog::TimePoint(std::chrono::hours(1)) + seconds(s);
}

TEST_CASE("a failure that goes on is told once a minute and its end once") {
  FailureLog log;
  CHECK_FALSE(log.OnSuccess());
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK_FALSE(log.OnFailure(kRefused, At(1)));
  CHECK_FALSE(log.OnFailure(kRefused, At(59)));
  CHECK(log.OnFailure(kRefused, At(60)));
  REQUIRE(log.failure().has_value());
  CHECK(log.failure()->message == "connection refused");
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.failure().has_value());
  CHECK_FALSE(log.OnSuccess());
}

TEST_CASE("another kind of failure is told at once") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnFailure(kDenied, At(1)));
  CHECK_FALSE(log.OnFailure(kRefused, At(2)));
  CHECK_FALSE(log.OnFailure(kDenied, At(3)));
}

TEST_CASE("what fails and works by turns fills no log") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(5)));
  CHECK_FALSE(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(9)));
}

TEST_CASE("a second outage is told of though the first was told of a moment ago") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(9)));
  CHECK(log.OnFailure(kRefused, At(10)));
  CHECK_FALSE(log.OnFailure(kRefused, At(20)));
  CHECK(log.OnSuccess());
}

TEST_CASE("a complaint is told once until a thousand others were") {
  ComplaintLog log;
  CHECK(log.OnComplaint("Pod shop/a: no name"));
  CHECK(log.OnComplaint("Pod shop/b: no name"));
  CHECK_FALSE(log.OnComplaint("Pod shop/a: no name"));
  for (int i = 0; i < 1000; ++i) log.OnComplaint(std::to_string(i));
  CHECK(log.OnComplaint("Pod shop/a: no name"));
}

}  // namespace
}  // namespace k8sm::informer
