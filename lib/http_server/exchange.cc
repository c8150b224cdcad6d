#include "lib/http_server/exchange.h"

#include <cstddef>
#include <string>
#include <utility>

namespace k8sm::http_server {
namespace {

// Bodies up to this size are sent together with the head.
constexpr std::size_t kCopiedSize = 64 << 10;

}  // namespace

Exchange::Exchange(const Request& request, ConnectionPtr connection, const SessionHooks& hooks,
                   TaskGroup& tasks)
    : request_(request),
      connection_(std::move(connection)),
      hooks_(hooks),
      tasks_(tasks),
      write_([connection = connection_.get()](std::string_view bytes) { return connection->Write(bytes); }),
      head_only_(request.method == "HEAD") {}

std::optional<ClientCertificate> Exchange::client_certificate() const {
  return connection_->stream().client_certificate();
}

Awaitable<bool> Exchange::Send(Response response) {
  keep_alive_ = request_.keep_alive && !connection_->last_answer;
  std::string bytes = FormatHead(
      response,
      {.version = request_.version, .keep_alive = keep_alive_, .content_length = response.body.size()});
  const std::string& body = response.body;
  const bool copied = !head_only_ && body.size() <= kCopiedSize;
  if (copied) bytes += body;
  complete_ = co_await write_(bytes);
  if (complete_ && !head_only_ && !copied) complete_ = co_await write_(body);
  co_return complete_;
}

Awaitable<bool> Exchange::Begin(const Response& head) {
  co_await hooks_.make_room();
  if (connection_->closed()) co_return false;
  connection_->unfinished = true;
  const bool chunked = request_.version >= 11;
  keep_alive_ = request_.keep_alive && chunked && !connection_->last_answer;
  const std::string bytes = FormatHead(
      head, {.version = request_.version, .keep_alive = keep_alive_, .content_length = std::nullopt});
  co_return co_await write_(bytes);
}

Awaitable<bool> Exchange::Write(std::string_view piece) {
  // An empty chunk would end the body.
  if (head_only_ || piece.empty()) co_return true;
  if (request_.version < 11) co_return co_await write_(piece);
  std::string head = FormatChunkHead(piece.size());
  if (piece.size() <= kCopiedSize) {
    head.append(piece).append("\r\n");
    co_return co_await write_(head);
  }
  bool written = co_await write_(head);
  if (written) written = co_await write_(piece);
  if (!written) co_return false;
  co_return co_await write_("\r\n");
}

Awaitable<bool> Exchange::End() {
  complete_ = true;
  if (!head_only_ && request_.version >= 11) complete_ = co_await write_("0\r\n\r\n");
  connection_->unfinished = false;
  co_return complete_;
}

}  // namespace k8sm::http_server
