#include "lib/client/proxy_tunnel.h"

#include "lib/client/network_error.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMaxHead = 16 << 10;

std::string FormatConnect(const Proxy& proxy, const std::string& target, const std::string& user_agent) {
  std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  text += "User-Agent: " + user_agent + "\r\n";
  if (!proxy.authorization.empty()) text += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  return text + "\r\n";
}

// The status line as the proxy has written it, on one line.
std::string Describe(const http::response_header<>& head) {
  std::string text = std::to_string(head.result_int());
  if (!head.reason().empty()) text += " " + std::string(head.reason().substr(0, 100));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
  return text;
}

Error ReadError(const std::string& doing, const boost::system::error_code& error) {
  const char* why = nullptr;
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    why = ": it closed the connection";
  } else if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    why = ": its answer is no HTTP";
  }
  if (why == nullptr) return NetworkError(doing, error);
  return {.code = Errc::kUnavailable, .message = doing + why};
}

Error Refusal(const std::string& doing, const http::response_header<>& head, const Proxy& proxy) {
  std::string why = doing + ": it answered " + Describe(head);
  if (head.result() == http::status::proxy_authentication_required) {
    why += proxy.authorization.empty() ? ": its URL needs a user name and a password"
                                       : ": it does not take the user name and password of its URL";
  }
  return {.code = Errc::kUnavailable, .message = std::move(why)};
}

}  // namespace

Awaitable<Result<void>> OpenTunnel(boost::beast::tcp_stream& stream, Proxy proxy, std::string target,
                                   std::string user_agent, TimePoint deadline) {
  const std::string doing = "ask the proxy " + proxy.Url() + " for a tunnel to " + target;
  const std::string request = FormatConnect(proxy, target, user_agent);
  stream.expires_at(deadline);
  const auto [unsent, written] = co_await asio::async_write(stream, asio::buffer(request), kToken);
  if (unsent) co_return NetworkError(doing, unsent);

  boost::beast::flat_buffer buffer(kMaxHead);
  http::response_parser<http::empty_body> parser;
  // The answer to CONNECT has no body, whatever its head says.
  parser.skip(true);
  const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, kToken);
  if (error) co_return ReadError(doing, error);
  const bool ok = parser.get().result_int() / 100 == 2;
  if (!ok) co_return Refusal(doing, parser.get(), proxy);
  if (buffer.size() > 0)
    co_return Error{.code = Errc::kUnavailable, .message = doing + ": it spoke before we did"};
  co_return Result<void>();
}

}  // namespace k8sm::client
