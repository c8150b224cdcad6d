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

// A parsed request.
struct Request {
  std::string method = "GET";
  // Path and query as sent, percent-encoded.
  std::string target;
  unsigned version = 11;  // 10: HTTP/1.0
  bool keep_alive = true;
  Headers headers;
  std::string body;

  // Returns the value of the first header with that name, ignoring case; empty if there is none.
  std::string_view Header(std::string_view name) const;
};

// A response without framing headers.
struct Response {
  unsigned status = 200;
  // Sent in this order, before the headers that frame the body. Names and values must not contain line
  // breaks.
  Headers headers;
  std::string body;
};

// How a response is sent.
struct Framing {
  unsigned version = 11;
  bool keep_alive = true;
  // nullopt: the body is sent in chunks or, for HTTP/1.0, ended by closing the connection.
  std::optional<std::size_t> content_length;
};

// The reason phrase: "Not Found".
std::string ReasonOf(unsigned status);

// Formats the head of the response, including the empty line; `response.body` is ignored.
std::string FormatHead(const Response& response, const Framing& framing);

// Formats what precedes a chunk of `size` bytes. The chunk must be followed by "\r\n".
std::string FormatChunkHead(std::size_t size);

// A plain-text response: "404 Not Found".
Response PlainError(unsigned status);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_MESSAGE_H_
