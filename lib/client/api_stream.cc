#include "lib/client/api_stream.h"

#include "lib/client/connection/http_connection.h"
#include "lib/client/message/http_message.h"
#include "lib/client/origin.h"
#include "lib/client/request_observer.h"

#include <algorithm>
#include <utility>

namespace k8sm::client {

using std::chrono::steady_clock;

ApiStream::ApiStream(std::shared_ptr<Origin> origin) : origin_(std::move(origin)) {}

ApiStream::~ApiStream() = default;

Awaitable<Result<void>> ApiStream::Get(std::string target, const Timeouts& timeouts, Sink sink,
                                       std::string_view accept) {
  const auto begin = steady_clock::now();
  canceled_ = false;
  Request request{.method = Method::kGet, .target = std::move(target), .body = {}, .accept = accept};
  RequestObserver* observer = IsWatch(request) ? nullptr : origin_->options().observer;
  std::size_t received = 0;
  auto got = co_await Read(std::move(request), timeouts, sink, received);
  if (observer != nullptr) {
    observer->OnRequestSize(Method::kGet, 0);
    observer->OnEnd(Method::kGet, steady_clock::now() - begin);
    if (got) observer->OnResponseSize(Method::kGet, received);
  }
  co_return got;
}

void ApiStream::Cancel() {
  canceled_ = true;
  if (receiving_ != nullptr) receiving_->Cancel();
}

// A coroutine that is cancelled leaves by an exception. One that is destroyed may have outlived the stream.
Awaitable<Result<std::string_view>> ApiStream::Receive(HttpConnection& connection, TimePoint deadline) {
  receiving_ = &connection;
  try {
    auto bytes = co_await connection.ReadSome(deadline);
    receiving_ = nullptr;
    co_return bytes;
  } catch (...) {
    receiving_ = nullptr;
    throw;
  }
}

Awaitable<Result<void>> ApiStream::Read(Request request, const Timeouts& timeouts, const Sink& sink,
                                        std::size_t& received) {
  const std::string_view accept = request.accept;
  const auto admitted = co_await origin_->Admit(
      Method::kGet, std::min(timeouts.deadline, steady_clock::now() + timeouts.total));
  if (!admitted) co_return admitted.error();
  auto answer = co_await origin_->Send(std::move(request), std::move(connection_),
                                       std::min(timeouts.quiet, timeouts.total), timeouts.deadline, false);
  if (!answer) co_return answer.error();
  const auto next_deadline = [&timeouts, begin = answer->begin] {
    const auto patience = std::max(begin + timeouts.quiet, steady_clock::now() + timeouts.idle);
    return std::min({begin + timeouts.total, patience, timeouts.deadline});
  };
  if (!answer->head.ok()) {
    const Error refusal = co_await origin_->ReadRefusal(*answer, next_deadline());
    connection_ = std::move(answer->connection);
    co_return refusal;
  }
  const auto encoding = EncodingOf(answer->head, accept);
  if (!encoding) co_return encoding.error();
  encoding_ = *encoding;
  if (auto taken = sink({}); !taken) co_return taken;
  for (;;) {
    if (canceled_) co_return Error{.code = Errc::kCanceled, .message = "canceled"};
    const auto bytes = co_await Receive(*answer->connection, next_deadline());
    if (!bytes) {
      origin_->NoteLoss(*answer->connection, bytes.error());
      co_return bytes.error();
    }
    if (bytes->empty()) break;
    received += bytes->size();
    if (auto taken = sink(*bytes); !taken) co_return taken;
  }
  connection_ = std::move(answer->connection);
  co_return Result<void>();
}

}  // namespace k8sm::client
