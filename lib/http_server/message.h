// HTTP requests and responses as plain values.

#ifndef K8SM_LIB_HTTP_SERVER_MESSAGE_H_
#define K8SM_LIB_HTTP_SERVER_MESSAGE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::http_server {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  // Path and query as they were sent, percent-encoded.
  std::string target;
  unsigned version = 11;  // 10: HTTP/1.0
  bool keep_alive = true;
  Headers headers;
  std::string body;

  // The value of the first header of that name, whatever its case; empty where there is none.
  std::string_view Header(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  // In the order in which they are sent, before those that frame the body. Neither names nor values may hold
  // line breaks.
  Headers headers;
  std::string body;
};

// How an answer is sent, whatever it says.
struct Framing {
  unsigned version = 11;
  bool keep_alive = true;
  // Nothing: the body is sent in chunks, or to a client of HTTP/1.0 until the connection is closed.
  std::optional<std::size_t> content_length;
};

// "Not Found"
std::string ReasonOf(unsigned status);

// The response's head, up to and including the empty line. Its body is not looked at.
std::string FormatHead(const Response& response, const Framing& framing);

// What precedes a chunk of so many bytes; "\r\n" follows it.
std::string FormatChunkHead(std::size_t size);

// "404 Not Found" in plain text.
Response PlainError(unsigned status);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_MESSAGE_H_
