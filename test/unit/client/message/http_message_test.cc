#include "lib/client/message/http_message.h"

#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::seconds;

RestConfig Config() {
  RestConfig config;
  config.host = "fd00::1";
  config.port = 6443;
  config.path_prefix = "/prefix";
  config.user_agent = "agent/1";
  return config;
}

TEST_CASE("FormatRequest writes a GET with its host, user agent, accepted type and credentials") {
  CHECK(FormatRequest(Config(), {.target = "/api/v1/pods?limit=500"}, {.authorization = "Bearer secret"}) ==
        "GET /prefix/api/v1/pods?limit=500 HTTP/1.1\r\n"
        "Host: [fd00::1]:6443\r\n"
        "User-Agent: agent/1\r\n"
        "Accept: application/json\r\n"
        "Authorization: Bearer secret\r\n"
        "\r\n");
}

TEST_CASE("FormatRequest writes the body of a write with its type and length") {
  CHECK(FormatRequest(Config(), {.method = Method::kPut, .target = "/x", .body = "{}"}, {}) ==
        "PUT /prefix/x HTTP/1.1\r\n"
        "Host: [fd00::1]:6443\r\n"
        "User-Agent: agent/1\r\n"
        "Accept: application/json\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n"
        "\r\n"
        "{}");
  const std::string bare = FormatRequest(Config(), {.method = Method::kDelete, .target = "/x"}, {});
  CHECK(bare.find("Content-Type") == std::string::npos);
  CHECK(bare.find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("credentials are sent over https only") {
  RestConfig config = Config();
  CHECK(FormatRequest(config, {}, {.authorization = "Basic x"}).find("Authorization: Basic x\r\n") !=
        std::string::npos);
  config.scheme = "http";
  CHECK(FormatRequest(config, {}, {.authorization = "Basic x"}).find("Basic") == std::string::npos);
}

TEST_CASE("impersonation is sent in the headers that the API server expects") {
  RestConfig config = Config();
  config.impersonate = {
      .user = "jane", .uid = "7", .groups = {"a", "b c"}, .extra = {{"ex/t\xe9ra%", {"1", "2"}}}};
  CHECK(FormatRequest(config, {.target = "/x"}, {}) ==
        "GET /prefix/x HTTP/1.1\r\n"
        "Host: [fd00::1]:6443\r\n"
        "User-Agent: agent/1\r\n"
        "Accept: application/json\r\n"
        "Impersonate-User: jane\r\n"
        "Impersonate-Uid: 7\r\n"
        "Impersonate-Group: a\r\n"
        "Impersonate-Group: b c\r\n"
        "Impersonate-Extra-ex%2Ft%E9ra%25: 1\r\n"
        "Impersonate-Extra-ex%2Ft%E9ra%25: 2\r\n"
        "\r\n");
}

TEST_CASE("only requests over http have the absolute URL and the credentials of the proxy") {
  RestConfig config = Config();
  config.proxy = Proxy{.host = "proxy", .port = 3128, .authorization = "Basic x"};
  CHECK(FormatRequest(config, {.target = "/x"}, {}).find("Proxy-Authorization") == std::string::npos);
  config.scheme = "http";
  CHECK(FormatRequest(config, {.target = "/x"}, {})
            .starts_with("GET http://[fd00::1]:6443/prefix/x HTTP/1.1\r\nHost: [fd00::1]:6443\r\n"));
  CHECK(FormatRequest(config, {.target = "/x"}, {}).find("\r\nProxy-Authorization: Basic x\r\n") !=
        std::string::npos);
}

TEST_CASE("gzip is accepted if the options say so, and makes sense for reads that are not watches") {
  CHECK(FormatRequest(Config(), {}, {.accept_gzip = true}).find("\r\nAccept-Encoding: gzip\r\n") !=
        std::string::npos);
  CHECK(FormatRequest(Config(), {}, {}).find("Accept-Encoding") == std::string::npos);
  CHECK(MayCompress({.target = "/api/v1/pods"}));
  CHECK(MayCompress({.target = "/api/v1/watch=true/pods?limit=500"}));
  CHECK_FALSE(MayCompress({.target = "/api/v1/pods?watch=true&limit=500"}));
  CHECK_FALSE(MayCompress({.target = "/api/v1/pods?limit=500&watch=1"}));
  CHECK_FALSE(MayCompress({.method = Method::kPut, .target = "/x"}));
}

TEST_CASE("Retry-After is read in seconds, and a date is ignored") {
  CHECK(ParseRetryAfter("0") == seconds(0));
  CHECK(ParseRetryAfter("120") == seconds(120));
  for (const std::string text :
       {"", "-1", "1.5", "1s", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseRetryAfter(text).has_value());
  }
}

TEST_CASE("Retry-After is limited to five minutes") {
  CHECK(ParseRetryAfter("300") == std::chrono::seconds(300));
  CHECK(ParseRetryAfter("301") == std::chrono::seconds(300));
  CHECK(ParseRetryAfter("9223372036854775807") == std::chrono::seconds(300));
}

TEST_CASE("ParseWarnings gives the texts of warnings with code 299") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {R"(299 - "v1 Endpoints is deprecated")", {"v1 Endpoints is deprecated"}},
      {R"(299 - "a", 299 - "b, c")", {"a", "b, c"}},
      {R"(299 - "say \"x\" \\")", {R"(say "x" \)"}},
      {R"(299 - "a" "Wed, 21 Oct 2026 07:28:00 GMT")", {"a"}},
      {R"(110 - "stale", 299 - "b")", {"b"}},
      {R"(299 - "open)", {"open"}},
      {"299 - \"\x1b[31m red\"", {"\\u001b[31m red"}},
      {"299", {}},
      {"299 -", {}},
      {"", {}},
      {",,,", {}},
  };
  for (const auto& [value, texts] : cases) {
    CAPTURE(value);
    CHECK(ParseWarnings(value) == texts);
  }
}

TEST_CASE("a response that is not JSON is malformed, and the error names its type") {
  for (const std::string type :
       {"application/json", "application/json; charset=utf-8", "Application/JSON ;x"}) {
    CAPTURE(type);
    CHECK(EncodingOf({.status = 200, .content_type = type}).has_value());
  }
  for (const std::string type : {"text/html", "application/jsonx", "text/html; application/json"}) {
    CAPTURE(type);
    const auto checked = EncodingOf({.status = 200, .content_type = type});
    REQUIRE(checked.has_error());
    CHECK(checked.error().code == Errc::kMalformed);
    CHECK(checked.error().message.find("\"" + type + "\"") != std::string::npos);
  }
}

TEST_CASE("a response without a Content-Type is taken for JSON") {
  CHECK(EncodingOf({.status = 200}).has_value());
  CHECK(EncodingOf({.status = 200, .content_type = " "}).has_value());
}

TEST_CASE("protobuf is accepted as a response only if it was asked for") {
  const ResponseHead head{.status = 200, .content_type = "application/vnd.kubernetes.protobuf;stream=watch"};
  CHECK(EncodingOf(head, AcceptOf(Encoding::kProtobuf, Form::kWhole)).value() == Encoding::kProtobuf);
  CHECK(EncodingOf(head, AcceptOf(Encoding::kJson, Form::kWhole)).has_error());
  CHECK(EncodingOf(head).has_error());
  const ResponseHead json{.status = 200, .content_type = "application/json"};
  CHECK(EncodingOf(json, AcceptOf(Encoding::kProtobuf, Form::kMetadata)).value() == Encoding::kJson);
}

TEST_CASE("every Accept header prefers its encoding and form and accepts whole objects in JSON") {
  for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
    for (const Form form : {Form::kWhole, Form::kMetadata, Form::kMetadataList}) {
      const std::string_view accept = AcceptOf(encoding, form);
      CAPTURE(accept);
      CHECK(accept.ends_with("application/json"));
      CHECK(accept.starts_with(encoding == Encoding::kJson ? kJsonType : kProtobufType));
      CHECK((accept.find(";as=PartialObjectMetadata") != std::string_view::npos) == (form != Form::kWhole));
      CHECK((accept.find("MetadataList;") != std::string_view::npos) == (form == Form::kMetadataList));
    }
  }
  CHECK(FormatRequest(Config(), {.target = "/x", .accept = AcceptOf(Encoding::kProtobuf, Form::kWhole)}, {})
            .find("\r\nAccept: application/vnd.kubernetes.protobuf, application/json\r\n") !=
        std::string::npos);
}

TEST_CASE("a Status in protobuf is classified like one in JSON") {
  const auto recorded = test::LoadRecording("protobuf-not-found");
  const Error error = ClassifyRefusal(
      {.status = recorded.status, .content_type = "application/vnd.kubernetes.protobuf"}, recorded.body);
  CHECK(error.code == Errc::kNotFound);
  CHECK(error.message == "pods \"none\" not found");
}

TEST_CASE("MissingSpace finds where a status line without a reason lacks its space") {
  CHECK(MissingSpace("HTTP/1.1 200\r\n") == 12);
  CHECK(MissingSpace("HTTP/1.1 200\r\nA: b\r\n\r\n") == 12);
  for (const char* head : {"", "HTTP/1.1 200", "HTTP/1.1 20\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1 200 \r\n",
                           "HTTP/1.1 200 OK\r\n", "SSH-2.0-abcde\r\n", "ABCD/1.1 200\r\n"}) {
    CAPTURE(head);
    CHECK_FALSE(MissingSpace(head).has_value());
  }
}

TEST_CASE("a redirect is an error that names its location") {
  const Error error = ClassifyRefusal({.status = 302, .location = "https://login/"}, "");
  CHECK(error.code == Errc::kRejected);
  CHECK(error.http_status == 302);
  CHECK(error.message == "redirected to \"https://login/\", which is not followed");
}

TEST_CASE("an HTTP error has the Retry-After of its header") {
  const Error error = ClassifyRefusal({.status = 503, .retry_after = seconds(7)}, "busy");
  CHECK(error.code == Errc::kServerError);
  CHECK(error.retry_after == seconds(7));
}

}  // namespace
}  // namespace k8sm::client
