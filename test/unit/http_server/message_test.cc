#include "lib/http_server/message.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::http_server {
namespace {

TEST_CASE("Header ignores case and gives the first header of a name") {
  Request request;
  request.headers = {{"Accept", "a"}, {"ACCEPT", "b"}, {"Empty", ""}};
  CHECK(request.Header("accept") == "a");
  CHECK(request.Header("Empty").empty());
  CHECK(request.Header("Host").empty());
}

TEST_CASE("FormatHead writes how the body and the connection end") {
  const Response response{.status = 404, .headers = {{"A", "1"}, {"A", "2"}}, .body = {}};
  const std::string start = "404 Not Found\r\nA: 1\r\nA: 2\r\n";
  struct Case {
    Framing framing;
    std::string head;
  };
  const std::vector<Case> cases = {
      {{11, true, 7}, "HTTP/1.1 " + start + "Content-Length: 7\r\n\r\n"},
      {{11, false, 0}, "HTTP/1.1 " + start + "Connection: close\r\nContent-Length: 0\r\n\r\n"},
      {{11, true, std::nullopt}, "HTTP/1.1 " + start + "Transfer-Encoding: chunked\r\n\r\n"},
      {{10, true, 7}, "HTTP/1.0 " + start + "Connection: keep-alive\r\nContent-Length: 7\r\n\r\n"},
      {{10, false, std::nullopt}, "HTTP/1.0 " + start + "\r\n"},
  };
  for (const Case& test : cases) CHECK(FormatHead(response, test.framing) == test.head);
}

TEST_CASE("FormatChunkHead writes the size in hexadecimal") {
  CHECK(FormatChunkHead(1) == "1\r\n");
  CHECK(FormatChunkHead(0x1abcdef) == "1abcdef\r\n");
}

TEST_CASE("PlainError gives plain text with the headers no-store and nosniff") {
  const Response response = PlainError(431);
  CHECK(response.status == 431);
  CHECK(response.body == "431 Request Header Fields Too Large\n");
  const Headers headers{{"Content-Type", "text/plain; charset=utf-8"},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"}};
  CHECK(response.headers == headers);
}

}  // namespace
}  // namespace k8sm::http_server
