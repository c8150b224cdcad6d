#include "test/fuzz/responses.h"

#include "test/fuzz/fuzz.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace k8sm::fuzz {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::size_t NumberOf(std::string_view text, int base = 10) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  Expect(error == std::errc() && end == text.data() + text.size(), "a number is a number");
  return number;
}

std::string_view TakeHeadLine(std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n");
  Expect(end != std::string_view::npos, "the head of a response is complete");
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + 2);
  Expect(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }), "a head is printable ASCII");
  return line;
}

// Removes a body of unknown length: in chunks, or else everything until the end of the connection.
std::string TakePieces(std::string_view& bytes, const std::map<std::string, std::string>& headers) {
  const auto encoding = headers.find("Transfer-Encoding");
  if (encoding == headers.end()) return std::string(std::exchange(bytes, {}));
  Expect(encoding->second == "chunked", "pieces are chunks");
  std::string body;
  for (;;) {
    const std::size_t size = NumberOf(TakeHeadLine(bytes), 16);
    Expect(size + 2 <= bytes.size(), "a chunk is as long as announced");
    body += bytes.substr(0, size);
    Expect(bytes.substr(size, 2) == "\r\n", "a chunk ends with a line");
    bytes.remove_prefix(size + 2);
    if (size == 0) return body;
  }
}

}  // namespace

void SkipInterim(std::string_view& bytes) {
  while (bytes.starts_with(kContinue)) bytes.remove_prefix(kContinue.size());
}

OpsResponse TakeResponse(std::string_view& bytes, bool to_head) {
  SkipInterim(bytes);
  OpsResponse response;
  const std::string_view status = TakeHeadLine(bytes);
  Expect(status.starts_with("HTTP/1.1 ") || status.starts_with("HTTP/1.0 "), "a response begins like one");
  response.status = static_cast<unsigned>(NumberOf(status.substr(9, 3)));
  for (std::string_view line = TakeHeadLine(bytes); !line.empty(); line = TakeHeadLine(bytes)) {
    const std::size_t colon = line.find(": ");
    Expect(colon != std::string_view::npos && colon > 0, "a header has a name and a value");
    const bool is_new = response.headers.emplace(line.substr(0, colon), line.substr(colon + 2)).second;
    Expect(is_new, "a header is sent once");
  }
  if (to_head) return response;
  if (!response.headers.contains("Content-Length")) {
    response.body = TakePieces(bytes, response.headers);
    return response;
  }
  const std::size_t length = NumberOf(response.headers["Content-Length"]);
  Expect(length <= bytes.size(), "a body is as long as announced");
  response.body = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return response;
}

}  // namespace k8sm::fuzz
