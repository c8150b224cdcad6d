#include "lib/kube/status.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>

namespace k8sm::kube {
namespace {

TEST_CASE("a Status is classified by its reason, its message and its code") {
  struct Case {
    int http_status;
    Status status;
    Errc code;
  };
  const auto [http_status, status, code] = GENERATE(
      Case{401, {}, Errc::kUnauthorized}, Case{403, {}, Errc::kForbidden}, Case{404, {}, Errc::kNotFound},
      Case{409, {}, Errc::kConflict}, Case{409, {.reason = "AlreadyExists"}, Errc::kAlreadyExists},
      Case{410, {}, Errc::kExpired}, Case{0, {.reason = "Expired"}, Errc::kExpired},
      Case{0, {.code = 410, .reason = "Gone"}, Errc::kExpired},
      Case{500, {.message = "too old resource version: 1 (2)"}, Errc::kExpired},
      Case{500, {.reason = "InternalError", .message = "too old resource version"}, Errc::kServerError},
      Case{500, {.message = "401: The event in requested index is outdated and cleared"}, Errc::kExpired},
      Case{429, {}, Errc::kTooManyRequests}, Case{0, {.code = 429}, Errc::kTooManyRequests},
      Case{503, {.code = 404}, Errc::kServerError}, Case{599, {}, Errc::kServerError},
      Case{600, {}, Errc::kRejected}, Case{499, {}, Errc::kRejected}, Case{0, {}, Errc::kRejected});
  CAPTURE(http_status, status.code, status.reason, status.message);
  const Error error = ToError(http_status, status);
  CHECK(error.code == code);
  CHECK(error.http_status == (http_status != 0 ? http_status : status.code));
}

TEST_CASE("the message of a Status is one bounded line, or else its reason, the body or the code") {
  CHECK(ToError(500, {.reason = "Timeout", .message = "a\nb\r\n"}).message == "a\\nb");
  CHECK(ToError(500, {.message = std::string(2'000, 'x')}).message == std::string(997, 'x') + "...");
  CHECK(ToError(500, {.reason = "Timeout"}).message == "Timeout");
  CHECK(ToError(500, {.reason = "Timeout"}, "a body").message == "Timeout");
  CHECK(ToError(500, {}, "a body \n").message == "a body");
  CHECK(ToError(500, {}, std::string(300, 'x')).message == std::string(197, 'x') + "...");
  CHECK(ToError(500, {}, "\n").message == "HTTP status 500 without a body");
  CHECK(ToError(500, {}).message.empty());
}

TEST_CASE("the cause of a Status is its first, or that its message speaks of a version too large") {
  CHECK(ToError(500, {.first_cause = "A"}).cause == "A");
  CHECK(ToError(500, {.message = "Timeout: Too large resource version: 9"}).cause ==
        "ResourceVersionTooLarge");
  CHECK(ToError(500, {.message = "Too large resource version", .first_cause = "A"}).cause == "A");
  CHECK(ToError(500, {}).cause.empty());
}

TEST_CASE("a Status may ask to wait, for a bounded time") {
  CHECK(ToError(429, {.retry_after_seconds = 3}).retry_after == std::chrono::seconds(3));
  CHECK(ToError(429, {.retry_after_seconds = 2'000'000'000}).retry_after == kLongestRetryAfter);
  for (const int none : {0, -1}) CHECK_FALSE(ToError(429, {.retry_after_seconds = none}).retry_after);
}

TEST_CASE("an object that cannot be read is named as far as its name is known") {
  ObjectMeta meta;
  CHECK(MalformedObject("Pod", meta, "no").message == "Pod: no");
  meta.ns = Symbol("shop");
  CHECK(MalformedObject("Pod", meta, "no").message == "Pod shop/?: no");
  meta.name = Symbol("web");
  CHECK(MalformedObject("Pod", meta, "no").message == "Pod shop/web: no");
  CHECK(MalformedObject("Pod", meta, "no").code == Errc::kMalformed);
  meta.ns = Symbol();
  CHECK(MalformedObject("Node", meta, "no").message == "Node web: no");
}

}  // namespace
}  // namespace k8sm::kube
