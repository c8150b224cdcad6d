#include "test/apiserver/http_service.h"

#include "test/apiserver/answer_writer.h"
#include "test/apiserver/status.h"
#include "test/apiserver/watch_session.h"

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {
namespace {

using http_server::Exchange;

// Longer responses are sent in chunks, as Go's server does.
constexpr std::size_t kMaxPlainBody = 2048;

Request ToRequest(Exchange& exchange) {
  const http_server::Request& asked = exchange.request();
  const auto header = [&](std::string_view name) { return std::string(asked.Header(name)); };
  Request request;
  request.method = asked.method;
  request.target = asked.target;
  request.accept = header("Accept");
  request.accept_encoding = header("Accept-Encoding");
  request.content_type = header("Content-Type");
  request.authorization = header("Authorization");
  request.user_agent = header("User-Agent");
  request.body = asked.body;
  if (auto certificate = exchange.client_certificate()) {
    request.certificate_user =
        User{std::move(certificate->common_name), std::move(certificate->organizations)};
  }
  return request;
}

http_server::Response ToHttp(Response& response) {
  http_server::Response http{.status = static_cast<unsigned>(response.status),
                             .headers = {{"Cache-Control", "no-cache, private"}},
                             .body = std::move(response.body)};
  const auto add = [&](const char* name, std::string value) {
    http.headers.emplace_back(name, std::move(value));
  };
  if (!response.content_type.empty()) add("Content-Type", response.content_type);
  for (const std::string& warning : response.warnings) {
    std::string quoted;
    for (const char c : warning) quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
    add("Warning", "299 - \"" + quoted + "\"");
  }
  if (response.retry_after) add("Retry-After", std::to_string(*response.retry_after));
  if (response.no_sniff) add("X-Content-Type-Options", "nosniff");
  if (response.gzip) {
    add("Content-Encoding", "gzip");
    add("Vary", "Accept-Encoding");
  }
  return http;
}

http_server::Response Refuse(unsigned status, const std::string& why) {
  Response response = ToResponse(status == 413 ? RequestTooLarge() : BadRequest("malformed request: " + why));
  return ToHttp(response);
}

Awaitable<void> SendInChunks(Exchange& exchange, http_server::Response response) {
  const bool begun = co_await exchange.Begin(response);
  if (!begun) co_return;
  const bool written = co_await exchange.Write(response.body);
  if (written) co_await exchange.End();
}

}  // namespace

http_server::ServerOptions DefaultServerOptions() {
  http_server::ServerOptions options;
  http_server::Limits& limits = options.limits;
  limits.connections = limits.unfinished = std::numeric_limits<std::size_t>::max();
  limits.max_header_bytes = 64 << 10;
  limits.max_body_bytes = 3 << 20;
  limits.request_time = std::chrono::minutes(1);
  limits.write_time = std::chrono::seconds(30);
  limits.idle_time = std::chrono::minutes(5);
  options.refusal = Refuse;
  return options;
}

Awaitable<void> Answer(Exchange& exchange, const RequestHandler& handler) {
  const Request request = ToRequest(exchange);
  Response response = handler(request);
  AnswerWriter writer(exchange, response.delivery);
  exchange.SetWriter([&writer](std::string_view bytes) { return writer.Write(bytes); });
  http_server::Response http = ToHttp(response);
  if (response.watch) {
    co_await ServeWatch(exchange, http, std::move(response));
  } else if (http.body.size() > kMaxPlainBody) {
    co_await SendInChunks(exchange, std::move(http));
  } else {
    co_await exchange.Send(std::move(http));
  }
}

}  // namespace k8sm::apiserver
