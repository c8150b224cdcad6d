#include "lib/http_server/message.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <charconv>

namespace k8sm::http_server {

namespace http = boost::beast::http;

std::string_view Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (boost::beast::iequals(key, name)) return value;
  }
  return {};
}

std::string ReasonOf(unsigned status) {
  return std::string(http::obsolete_reason(http::int_to_status(status)));
}

std::string FormatHead(const Response& response, const Framing& framing) {
  const bool is_11 = framing.version >= 11;
  std::string head = is_11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  head.append(std::to_string(response.status)).append(" ").append(ReasonOf(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (is_11 && !framing.keep_alive) head += "Connection: close\r\n";
  if (!is_11 && framing.keep_alive) head += "Connection: keep-alive\r\n";
  if (framing.content_length) {
    head.append("Content-Length: ").append(std::to_string(*framing.content_length)).append("\r\n");
  } else if (is_11) {
    head += "Transfer-Encoding: chunked\r\n";
  }
  return head += "\r\n";
}

std::string FormatChunkHead(std::size_t size) {
  char digits[16];
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, size, 16).ptr);
  return text.append("\r\n");
}

Response PlainError(unsigned status) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::to_string(status) + " " + ReasonOf(status) + "\n"};
}

}  // namespace k8sm::http_server
