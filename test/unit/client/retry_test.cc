#include "lib/client/retry.h"

#include "test/support/catch.h"

#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPause{1'000};

TEST_CASE("the error decides if and when a GET is retried and if the outcome of a request is unknown") {
  struct Case {
    const char* what;
    Error error;
    std::optional<milliseconds> get;
    bool outcome_unknown;
  };
  const std::vector<Case> cases = {
      {"429 with Retry-After",
       {.code = Errc::kTooManyRequests, .retry_after = seconds(2)},
       seconds(2),
       false},
      {"429 without", {.code = Errc::kTooManyRequests}, {}, false},
      {"5xx with Retry-After", {.code = Errc::kServerError, .retry_after = seconds(0)}, seconds(0), true},
      {"5xx without", {.code = Errc::kServerError}, {}, true},
      {"no connection", {.code = Errc::kUnavailable}, {}, false},
      {"a cut connection", {.code = Errc::kUnavailable, .sent = true}, kPause, true},
      {"no time left to send", {.code = Errc::kTimeout}, {}, false},
      {"silence", {.code = Errc::kTimeout, .sent = true}, kPause, true},
      {"garbage", {.code = Errc::kMalformed, .sent = true}, {}, true},
      {"a stop", {.code = Errc::kCanceled, .sent = true}, {}, true},
      {"a late renewal", {.code = Errc::kNotLeading}, {}, false},
      {"401", {.code = Errc::kUnauthorized}, {}, false},
      {"403", {.code = Errc::kForbidden, .retry_after = seconds(1)}, {}, false},
      {"404", {.code = Errc::kNotFound}, {}, false},
      {"409", {.code = Errc::kConflict}, {}, false},
      {"410", {.code = Errc::kExpired}, {}, false},
      {"422", {.code = Errc::kRejected}, {}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(DelayBeforeRetry(Method::kGet, c.error, 0, kPause) == c.get);
    CHECK(DelayBeforeRetry(Method::kGet, c.error, 9, kPause) == c.get);
    CHECK_FALSE(DelayBeforeRetry(Method::kGet, c.error, 10, kPause).has_value());
    for (const Method method : {Method::kPost, Method::kPut, Method::kDelete, Method::kPatch}) {
      CHECK_FALSE(DelayBeforeRetry(method, c.error, 0, kPause).has_value());
    }
    CHECK(IsOutcomeUnknown(c.error) == c.outcome_unknown);
  }
}

}  // namespace
}  // namespace k8sm::client
