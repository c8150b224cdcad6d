#include "lib/client/connection/proxy_tunnel.h"

#include "lib/base/printable.h"
#include "lib/client/connection/deadline.h"
#include "lib/client/connection/network_error.h"
#include "lib/client/message/http_message.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMaxHead = 64 << 10;
constexpr std::size_t kMaxReason = 100;

std::string FormatConnect(const Proxy& proxy, const std::string& target, const std::string& user_agent) {
  std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  text += "User-Agent: " + user_agent + "\r\n";
  if (!proxy.authorization.empty()) text += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  return text + "\r\n";
}

// The status line as sent by the proxy.
std::string Describe(const http::response_header<>& head) {
  const std::string reason(head.reason());
  return std::to_string(head.result_int()) + (reason.empty() ? "" : " " + Printable(reason, kMaxReason));
}

Error ReadError(const std::string& doing, const boost::system::error_code& error) {
  const char* why = nullptr;
  if (error == asio::error::eof) why = ": it closed the connection";
  if (error == asio::error::not_found) why = ": its response is not HTTP";
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

Awaitable<Result<void>> OpenTunnel(asio::ip::tcp::socket& socket, Proxy proxy, std::string target,
                                   std::string user_agent, TimePoint deadline) {
  const std::string doing = "ask the proxy " + proxy.Url() + " for a tunnel to " + target;
  const std::string request = FormatConnect(proxy, target, user_agent);
  Deadline until(socket);
  until.Begin(deadline);
  const auto [unsent, written] = co_await asio::async_write(socket, asio::buffer(request), kToken);
  if (unsent) co_return NetworkError(doing, until.End(unsent));

  std::string text;
  const auto [result, size] =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(text, kMaxHead), "\r\n\r\n", kToken);
  const auto error = until.End(result);
  if (error) co_return ReadError(doing, error);
  const bool spoke = text.size() > size;
  if (const auto at = MissingSpace(text)) text.insert(*at, " ");
  http::response_parser<http::empty_body> parser;
  parser.header_limit(kMaxHead + 1);
  // The response to CONNECT has no body, whatever its headers say.
  parser.skip(true);
  boost::system::error_code malformed;
  parser.put(asio::buffer(text), malformed);
  if (malformed || !parser.is_header_done())
    co_return Error{.code = Errc::kUnavailable, .message = doing + ": its response is not HTTP"};
  const bool ok = parser.get().result_int() / 100 == 2;
  if (!ok) co_return Refusal(doing, parser.get(), proxy);
  if (spoke)
    co_return Error{.code = Errc::kUnavailable, .message = doing + ": it sent data before the TLS handshake"};
  co_return Result<void>();
}

}  // namespace k8sm::client
