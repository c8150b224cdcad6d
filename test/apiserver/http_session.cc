#include "test/apiserver/http_session.h"

#include "test/apiserver/connection.h"
#include "test/apiserver/watch_session.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {
namespace {

namespace http = boost::beast::http;

constexpr std::uint64_t kMaxBodyBytes = 3 * 1024 * 1024;
constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
constexpr std::chrono::minutes kIdleTimeout{5};
// Longer answers are sent in chunks, as Go's server does.
constexpr std::size_t kMaxPlainBody = 2048;

using Parser = http::request_parser<http::string_body>;

std::string Header(const Parser& parser, http::field name) {
  const auto value = parser.get()[name];
  return {value.data(), value.size()};
}

Request ToRequest(Parser& parser) {
  Request request;
  const auto method = parser.get().method_string();
  const auto target = parser.get().target();
  request.method.assign(method.data(), method.size());
  request.target.assign(target.data(), target.size());
  request.accept = Header(parser, http::field::accept);
  request.content_type = Header(parser, http::field::content_type);
  request.authorization = Header(parser, http::field::authorization);
  request.user_agent = Header(parser, http::field::user_agent);
  request.body = std::move(parser.get().body());
  return request;
}

template <class Message>
void SetHeaders(Message& message, const Response& response, bool keep_alive) {
  message.result(unsigned(response.status));
  message.set(http::field::cache_control, "no-cache, private");
  message.set(http::field::content_type, response.content_type);
  for (const std::string& warning : response.warnings) {
    std::string quoted;
    for (const char c : warning) quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
    message.insert(http::field::warning, "299 - \"" + quoted + "\"");
  }
  if (response.no_sniff) message.set("X-Content-Type-Options", "nosniff");
  message.keep_alive(keep_alive);
}

Awaitable<bool> WriteResponse(ConnectionPtr connection, Response response, bool keep_alive, bool head) {
  http::response<http::string_body> message;
  SetHeaders(message, response, keep_alive);
  message.body() = std::move(response.body);
  if (message.body().size() > kMaxPlainBody) {
    message.chunked(true);
  } else {
    message.prepare_payload();
  }
  if (head) message.body().clear();
  connection->stream.expires_after(kWriteTimeout);
  http::response_serializer<http::string_body> serializer(message);
  if (head) {
    const auto [error, bytes] = co_await http::async_write_header(connection->stream, serializer, kToken);
    co_return !error && keep_alive;
  }
  const auto [error, bytes] = co_await http::async_write(connection->stream, serializer, kToken);
  co_return !error && keep_alive;
}

Awaitable<bool> WriteWatch(ConnectionPtr connection, Response response, bool keep_alive, TaskGroup& tasks) {
  http::response<http::empty_body> message;
  SetHeaders(message, response, keep_alive);
  message.chunked(true);
  http::response_serializer<http::empty_body> serializer(message);
  connection->stream.expires_after(kWriteTimeout);
  const auto [error, bytes] = co_await http::async_write_header(connection->stream, serializer, kToken);
  connection->stream.expires_never();
  if (error) co_return false;
  const bool served = co_await ServeWatch(connection, std::move(response.watch), tasks);
  if (!served) co_return false;
  co_return keep_alive;
}

// What a request that cannot be read is answered with; nothing where there is nobody to answer.
std::optional<Status> RefusalOf(const boost::system::error_code& error) {
  if (error == http::error::body_limit) return RequestTooLarge();
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return BadRequest("malformed request: " + error.message());
  }
  return std::nullopt;
}

// Whether the connection can serve another request.
Awaitable<bool> ServeRequest(ConnectionPtr connection, Handler& handler, TaskGroup& tasks) {
  Parser parser;
  parser.body_limit(kMaxBodyBytes);
  parser.header_limit(kMaxHeaderBytes);
  connection->stream.expires_after(kIdleTimeout);
  const auto [error, bytes] =
      co_await http::async_read(connection->stream, connection->buffer, parser, kToken);
  if (error) {
    const std::optional<Status> refusal = RefusalOf(error);
    if (refusal) co_await WriteResponse(connection, ToResponse(*refusal), false, false);
    co_return false;
  }
  const bool keep_alive = parser.get().keep_alive();
  const bool head = parser.get().method() == http::verb::head;
  Response response = handler.Handle(ToRequest(parser));
  if (response.watch) co_return co_await WriteWatch(connection, std::move(response), keep_alive, tasks);
  co_return co_await WriteResponse(connection, std::move(response), keep_alive, head);
}

// Closes the connection however its session ends, cancelled too: whatever else holds it lets go then.
class Closing {
 public:
  explicit Closing(ConnectionPtr connection) : connection_(std::move(connection)) {}
  ~Closing() { connection_->stream.close(); }
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;

 private:
  const ConnectionPtr connection_;
};

}  // namespace

Awaitable<void> ServeConnection(asio::ip::tcp::socket socket, Handler& handler, TaskGroup& tasks) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto connection = std::make_shared<Connection>(Stream(std::move(socket)));
  const Closing closing(connection);
  for (bool goes_on = true; goes_on;) {
    goes_on = co_await ServeRequest(connection, handler, tasks);
  }
  connection->stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace k8sm::apiserver
