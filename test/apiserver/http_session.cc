#include "test/apiserver/http_session.h"

#include "test/apiserver/answer_writer.h"
#include "test/apiserver/status.h"
#include "test/apiserver/watch_session.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

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
  request.accept_encoding = Header(parser, http::field::accept_encoding);
  request.content_type = Header(parser, http::field::content_type);
  request.authorization = Header(parser, http::field::authorization);
  request.user_agent = Header(parser, http::field::user_agent);
  request.body = std::move(parser.get().body());
  return request;
}

Awaitable<error_code> ReadRequest(ConnectionPtr connection, Parser& parser) {
  for (;;) {
    auto& input = connection->input;
    error_code error;
    if (input.size() > 0) input.consume(parser.put(input.data(), error));
    if (error && error != http::error::need_more) co_return error;
    if (parser.is_done()) co_return error_code();
    const std::size_t size = co_await connection->Read(kIdleTimeout);
    if (size == 0) co_return http::error::end_of_stream;
  }
}

// The head, up to what tells the body's length.
std::string HeadOf(const Response& response, bool keep_alive) {
  const auto reason = http::obsolete_reason(http::int_to_status(unsigned(response.status)));
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason.data(), reason.size());
  head += "\r\nCache-Control: no-cache, private\r\nContent-Type: " + response.content_type + "\r\n";
  for (const std::string& warning : response.warnings) {
    std::string quoted;
    for (const char c : warning) quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
    head += "Warning: 299 - \"" + quoted + "\"\r\n";
  }
  if (response.retry_after) head += "Retry-After: " + std::to_string(*response.retry_after) + "\r\n";
  if (response.no_sniff) head += "X-Content-Type-Options: nosniff\r\n";
  if (response.gzip) head += "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  return head;
}

std::string Hex(std::size_t number) {
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr};
}

// Whether the connection can serve another request; here and below.
Awaitable<bool> WriteResponse(ConnectionPtr connection, Response response, bool keep_alive, bool head_only) {
  AnswerWriter writer(connection, response.delivery);
  std::string head = HeadOf(response, keep_alive);
  std::string& body = response.body;
  const bool chunked = body.size() > kMaxPlainBody;
  if (chunked) {
    head += "Transfer-Encoding: chunked\r\n\r\n";
    if (!head_only) head += Hex(body.size()) + "\r\n";
    body += "\r\n0\r\n\r\n";
  } else {
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    if (!head_only) head += body;
  }
  const bool begun = co_await writer.Write(head);
  if (!begun) co_return false;
  if (head_only || !chunked) co_return keep_alive;
  const bool written = co_await writer.Write(body);
  co_return written&& keep_alive;
}

Awaitable<bool> WriteWatch(ConnectionPtr connection, Response response, bool keep_alive, TaskGroup& tasks) {
  AnswerWriter writer(connection, response.delivery);
  const std::string head = HeadOf(response, keep_alive) + "Transfer-Encoding: chunked\r\n\r\n";
  const bool begun = co_await writer.Write(head);
  if (!begun) co_return false;
  const bool served = co_await ServeWatch(connection, std::move(response), writer, tasks);
  co_return served&& keep_alive;
}

// What a request that cannot be read is answered with; nothing where there is nobody to answer.
std::optional<Status> RefusalOf(const error_code& error) {
  if (error == http::error::body_limit) return RequestTooLarge();
  if (error == http::error::end_of_stream) return std::nullopt;
  return BadRequest("malformed request: " + error.message());
}

Awaitable<bool> ServeRequest(ConnectionPtr connection, const RequestHandler& handler, TaskGroup& tasks) {
  Parser parser;
  parser.eager(true);
  parser.body_limit(kMaxBodyBytes);
  parser.header_limit(kMaxHeaderBytes);
  const error_code error = co_await ReadRequest(connection, parser);
  if (error) {
    const std::optional<Status> refusal = RefusalOf(error);
    if (refusal) co_await WriteResponse(connection, ToResponse(*refusal), false, false);
    co_return false;
  }
  const bool keep_alive = parser.get().keep_alive();
  const bool head_only = parser.get().method() == http::verb::head;
  Request request = ToRequest(parser);
  request.certificate_user = connection->user();
  Response response = handler(request);
  if (response.watch) co_return co_await WriteWatch(connection, std::move(response), keep_alive, tasks);
  co_return co_await WriteResponse(connection, std::move(response), keep_alive, head_only);
}

// Closes the connection however its session ends, cancelled too: whatever else holds it lets go then.
class Closing {
 public:
  explicit Closing(ConnectionPtr connection) : connection_(std::move(connection)) {}
  ~Closing() { connection_->Close(); }
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;

 private:
  const ConnectionPtr connection_;
};

}  // namespace

Awaitable<void> ServeConnection(ConnectionPtr connection, RequestHandler handler, TaskGroup& tasks) {
  const Closing closing(connection);
  bool goes_on = co_await connection->Handshake();
  if (!goes_on) co_return;
  while (goes_on) {
    goes_on = co_await ServeRequest(connection, handler, tasks);
  }
  co_await connection->Finish();
}

}  // namespace k8sm::apiserver
