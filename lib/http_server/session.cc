#include "lib/http_server/session.h"

#include <chrono>
#include <cstddef>
#include <utility>

namespace k8sm::http_server {
namespace {

using std::chrono::steady_clock;

// How long a client may take to close its side after the last response, and how many bytes it may send
// meanwhile.
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::size_t kLingerBytes = 64 << 10;

}  // namespace

Session::Session(ConnectionPtr connection, const Handler& handler, const Refusal& refusal, SessionHooks hooks,
                 TaskGroup& tasks)
    : connection_(std::move(connection)),
      handler_(handler),
      refusal_(refusal),
      hooks_(std::move(hooks)),
      tasks_(tasks) {}

Awaitable<void> Session::Run() {
  connection_->stream().ExpireAfter(connection_->limits().request_time);
  const bool open = co_await connection_->stream().Handshake();
  if (!open) co_return;
  for (;;) {
    const bool asked = co_await WaitForRequest();
    if (!asked) break;
    const bool goes_on = co_await ServeRequest();
    if (!goes_on) break;
    hooks_.on_answered();
  }
  co_await HangUp();
}

void Session::Finish() {
  connection_->last_answer = true;
  if (idle_) connection_->Close();
}

// Returns whether a request has begun to arrive.
Awaitable<bool> Session::WaitForRequest() {
  if (!connection_->input().empty()) co_return true;
  if (connection_->last_answer) co_return false;
  idle_ = true;
  const bool more = co_await connection_->ReadMore(connection_->limits().idle_time);
  idle_ = false;
  co_return more;
}

// Returns whether the connection can be used for another request.
Awaitable<bool> Session::ServeRequest() {
  const Limits& limits = connection_->limits();
  RequestReader reader(limits.max_header_bytes, limits.max_body_bytes);
  auto state = RequestReader::State::kMore;
  const bool arrived = co_await ReadRequest(reader, state);
  if (!arrived || connection_->stream().outdated()) co_return false;
  const bool refused = state == RequestReader::State::kRefused;
  const Request request = refused ? Request() : reader.Take();
  Exchange exchange(request, connection_, hooks_, tasks_);
  if (refused) {
    exchange.CloseAfterwards();
    Response refusal = refusal_(reader.status(), reader.why());
    co_await exchange.Send(std::move(refusal));
    co_return false;
  }
  co_await handler_(exchange);
  co_await connection_->EndWatch();
  co_return exchange.reusable() && !connection_->closed();
}

// Returns false if the client is gone; else `state` is kDone or kRefused.
Awaitable<bool> Session::ReadRequest(RequestReader& reader, RequestReader::State& state) {
  const auto deadline = steady_clock::now() + connection_->limits().request_time;
  bool told_to_continue = false;
  for (;;) {
    state = reader.Feed(connection_->input());
    if (state != RequestReader::State::kMore) co_return true;
    if (!told_to_continue && reader.ExpectsContinue()) {
      told_to_continue = true;
      const bool told = co_await connection_->Write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!told) co_return false;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) co_return false;
    const bool more = co_await connection_->ReadMore(left);
    if (!more) co_return false;
  }
}

// Closes a connection after its last response. Closing a socket with unread input makes the kernel send a
// reset, and the client may lose the response; so the remaining input is discarded first, up to a limit.
Awaitable<void> Session::HangUp() {
  connection_->stream().ExpireAfter(kLingerTime);
  const bool may_send = co_await connection_->stream().FinishSending();
  if (!may_send) co_return;
  const auto deadline = steady_clock::now() + kLingerTime;
  for (std::size_t discarded = 0; discarded < kLingerBytes;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) break;
    connection_->input().clear();
    const bool more = co_await connection_->ReadMore(left);
    if (!more) break;
    discarded += connection_->input().size();
  }
}

}  // namespace k8sm::http_server
