#include "lib/kube_json/codec.h"
#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

TEST_CASE("an object is gone after a Status of Success, or if it has no finalizers that keep it") {
  struct Case {
    std::string response;
    bool is_gone;
  };
  const std::vector<Case> cases = {
      {R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"})", true},
      {R"({"kind":"Status","status":"Success","code":200})", true},
      {R"({"kind":"Endpoints","metadata":{"name":"web"},"subsets":[]})", true},
      {R"({"metadata":{"name":"web"},"status":{}})", true},
      {R"({"kind":"Endpoints","metadata":{"name":"web","finalizers":[]}})", true},
      {R"({"kind":"Endpoints","metadata":{"name":"web","finalizers":["example.com/keep"]}})", false},
  };
  for (const auto& [response, is_gone] : cases) {
    CAPTURE(response);
    const auto result = IsGone(response);
    REQUIRE(result.has_value());
    CHECK(*result == is_gone);
  }
  for (const std::string body : {"", "{}", "[[[[", "[]", "<html>please log in</html>", R"({"kind":"Status"})",
                                 R"({"kind":"Status","metadata":{"name":"web"},"status":"Failure"})",
                                 R"({"kind":7,"metadata":[],"status":{}})"}) {
    CAPTURE(body);
    const auto result = IsGone(body);
    REQUIRE(result.has_error());
    CHECK(result.error().code == Errc::kMalformed);
  }
}

TEST_CASE("an error response is classified by its HTTP status and reason") {
  struct Case {
    int status;
    std::string body;
    Errc code;
  };
  const std::vector<Case> cases = {
      {401, R"({"reason":"Unauthorized"})", Errc::kUnauthorized},
      {403, R"({"reason":"Forbidden"})", Errc::kForbidden},
      {404, R"({"reason":"NotFound"})", Errc::kNotFound},
      {409, R"({"reason":"AlreadyExists"})", Errc::kAlreadyExists},
      {409, R"({"reason":"Conflict"})", Errc::kConflict},
      {409, "", Errc::kConflict},
      {410, R"({"reason":"Expired"})", Errc::kExpired},
      {410, "gone", Errc::kExpired},
      {400, R"({"reason":"Expired"})", Errc::kExpired},
      {500, R"({"reason":"Gone"})", Errc::kExpired},
      {429, R"({"reason":"TooManyRequests"})", Errc::kTooManyRequests},
      {500, R"({"reason":"InternalError"})", Errc::kServerError},
      {502, "<html>", Errc::kServerError},
      {504, R"({"reason":"Timeout"})", Errc::kServerError},
      {400, R"({"reason":"BadRequest"})", Errc::kRejected},
      {415, "", Errc::kRejected},
      {422, R"({"reason":"Invalid"})", Errc::kRejected},
      {301, "", Errc::kRejected},
      {600, "", Errc::kRejected},
  };
  for (const Case& c : cases) {
    CAPTURE(c.status, c.body);
    const Error error = DecodeStatus(c.status, c.body);
    CHECK(error.code == c.code);
    CHECK(error.http_status == c.status);
    CHECK_FALSE(error.message.empty());
  }
}

TEST_CASE(
    "a resource version that is too large is recognised by the message if an older server names no cause") {
  const Error error = DecodeStatus(
      504, R"({"kind":"Status","message":"Timeout: Too large resource version: 9, current: 5","code":504})");
  CHECK(error.cause == "ResourceVersionTooLarge");
}

TEST_CASE("a Status is decoded with its message, cause and retryAfterSeconds") {
  const Error error =
      DecodeStatus(504, R"({"kind":"Status","status":"Failure","message":"Timeout: Too large\n version",
      "reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"},
      {"reason":"Other"}],"retryAfterSeconds":3},"code":504})");
  CHECK(error.code == Errc::kServerError);
  CHECK(error.http_status == 504);
  CHECK(error.message == "Timeout: Too large\\n version");
  CHECK(error.cause == "ResourceVersionTooLarge");
  CHECK(error.retry_after == std::chrono::seconds(3));
}

TEST_CASE("the Status in a watch event supplies the HTTP status itself") {
  const Error error = DecodeStatus(0, R"({"message":"slow down","reason":"TooManyRequests","code":429})");
  CHECK(error.code == Errc::kTooManyRequests);
  CHECK(error.http_status == 429);
}

TEST_CASE("a body that is not a Status is reported by its beginning, on one line") {
  CHECK(DecodeStatus(503, "<html>\r\n\t<h1>No backend</h1>\n</html>\n").message ==
        "<html>\\r\\n\\t<h1>No backend</h1>\\n</html>");
  CHECK(DecodeStatus(503, "").message == "HTTP status 503 without a body");
  CHECK(DecodeStatus(503, "\xff\xfe\x00z").message == "\\ufffd\\ufffd");
  CHECK(DecodeStatus(503, std::string(100'000, 'x')).message == std::string(197, 'x') + "...");
  CHECK(DecodeStatus(503, "[1,2]").message == "[1,2]");
  CHECK(DecodeStatus(503, "\"text\"").message == "\"text\"");
  CHECK(DecodeStatus(503, "{}").message == "{}");
  CHECK(DecodeStatus(503, R"({"reason":"ServiceUnavailable"})").message == "ServiceUnavailable");
}

TEST_CASE("a Status with members of the wrong type is decoded as far as possible") {
  const Error error = DecodeStatus(
      409, R"({"message":["x"],"reason":7,"code":"409","details":{"causes":{},"retryAfterSeconds":"1"}})");
  CHECK(error.code == Errc::kConflict);
  CHECK(error.http_status == 409);
  CHECK(error.cause.empty());
  CHECK_FALSE(error.retry_after.has_value());
  CHECK(DecodeStatus(409, R"({"message":"x","details":[]})").message == "x");
  CHECK_FALSE(DecodeStatus(429, R"({"details":{"retryAfterSeconds":0}})").retry_after.has_value());
  CHECK_FALSE(DecodeStatus(429, R"({"details":{"retryAfterSeconds":-5}})").retry_after.has_value());
}

TEST_CASE("the retryAfterSeconds of a Status are bounded") {
  CHECK(DecodeStatus(429, R"({"details":{"retryAfterSeconds":2000000000}})").retry_after ==
        kLongestRetryAfter);
}

TEST_CASE("recorded error responses of an API server are classified") {
  struct Case {
    std::string recording;
    Errc code;
    std::string cause;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"create-endpoints-exists", Errc::kAlreadyExists, "", "endpoints \"web2\" already exists"},
      {"create-endpoints-garbage", Errc::kRejected, "",
       "Endpoints in version \"v1\" cannot be handled as a Endpoints: json: cannot unmarshal string into Go "
       "struct "
       "field Endpoints.subsets of type []v1.EndpointSubset"},
      {"create-endpoints-linklocal", Errc::kRejected, "FieldValueInvalid",
       "Endpoints \"bad\" is invalid: subsets[0].addresses[0].ip: Invalid value: \"169.254.1.1\": may not be "
       "in the "
       "link-local range (169.254.0.0/16, fe80::/10)"},
      {"create-endpoints-loopback", Errc::kRejected, "FieldValueInvalid",
       "Endpoints \"bad\" is invalid: subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be "
       "in the "
       "loopback range (127.0.0.0/8, ::1/128)"},
      {"create-endpoints-terminating", Errc::kForbidden, "NamespaceTerminating",
       "endpoints \"web2\" is forbidden: unable to create new content in namespace ending because it is "
       "being "
       "terminated"},
      {"delete-endpoints-missing", Errc::kNotFound, "", "endpoints \"web2\" not found"},
      {"forbidden", Errc::kForbidden, "",
       "services is forbidden: User \"k8sm-controller\" cannot list resource \"services\" in API group \"\" "
       "at the "
       "cluster scope"},
      {"get-missing", Errc::kNotFound, "", "endpoints \"web2\" not found"},
      {"list-pods-bad-continue", Errc::kRejected, "",
       "invalid continue token: continue key is not valid: invalid character 'o' in literal null (expecting "
       "'u')"},
      {"unauthorized", Errc::kUnauthorized, "", "Unauthorized"},
      {"update-endpoints-conflict", Errc::kConflict, "",
       "Operation cannot be fulfilled on endpoints \"web2\": the object has been modified; please apply your "
       "changes "
       "to the latest version and try again"},
      {"watchlist-refused", Errc::kRejected, "FieldValueForbidden",
       "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
       "setting "
       "resourceVersionMatch to NotOlderThan"},
      {"k8s-1.1-watch-old", Errc::kExpired, "", "too old resource version: 2 (4440)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.recording);
    const test::Recording recording = test::LoadRecording(c.recording);
    const Error error = DecodeStatus(recording.status, recording.body);
    CHECK(error.code == c.code);
    CHECK(error.http_status == recording.status);
    CHECK(error.cause == c.cause);
    CHECK(error.message == c.message);
  }
}

TEST_CASE("a message about an old resource version counts only if the Status has no reason") {
  const auto code = [](const std::string& rest) {
    return DecodeStatus(500, R"({"kind":"Status","code":500)" + rest + "}").code;
  };
  CHECK(code(R"(,"message":"too old resource version: 2")") == Errc::kExpired);
  CHECK(
      code(
          R"(,"message":"401: The event in requested index is outdated and cleared (the requested history has )"
          R"(been cleared [2167/2155]) [3166]")") == Errc::kExpired);
  CHECK(code(R"(,"message":"too old resource version: 2","reason":"InternalError")") == Errc::kServerError);
  CHECK(code(R"(,"message":"etcd is too old resource version")") == Errc::kServerError);
  CHECK(code("") == Errc::kServerError);
}

}  // namespace
}  // namespace k8sm::kube_json
