#include "lib/client/api_stream.h"

#include "lib/client/http_connection.h"
#include "lib/client/http_message.h"
#include "lib/client/origin.h"

#include <algorithm>
#include <utility>

namespace k8sm::client {

using std::chrono::steady_clock;

ApiStream::ApiStream(std::shared_ptr<Origin> origin) : origin_(std::move(origin)) {}

ApiStream::~ApiStream() = default;

Awaitable<Result<void>> ApiStream::Get(std::string target, const Timeouts& timeouts, Sink sink) {
  const auto admitted = co_await origin_->Admit(steady_clock::now() + timeouts.total);
  if (!admitted) co_return admitted.error();
  Request request{.method = Method::kGet, .target = std::move(target), .body = {}};
  auto answer = co_await origin_->Send(std::move(request), std::move(connection_),
                                       std::min(timeouts.quiet, timeouts.total), TimePoint::max());
  if (!answer) co_return answer.error();
  const auto next_deadline = [&timeouts, begin = answer->begin] {
    const auto patience = std::max(begin + timeouts.quiet, steady_clock::now() + timeouts.idle);
    return std::min(begin + timeouts.total, patience);
  };
  if (!answer->head.ok()) {
    const Error refusal = co_await origin_->ReadRefusal(*answer, next_deadline());
    connection_ = std::move(answer->connection);
    co_return refusal;
  }
  if (auto json = CheckJson(answer->head); !json) co_return json;
  if (auto taken = sink({}); !taken) co_return taken;
  for (;;) {
    const auto bytes = co_await answer->connection->ReadSome(next_deadline());
    if (!bytes) {
      origin_->NoteLoss(bytes.error());
      co_return bytes.error();
    }
    if (bytes->empty()) break;
    if (auto taken = sink(*bytes); !taken) co_return taken;
  }
  connection_ = std::move(answer->connection);
  co_return Result<void>();
}

}  // namespace k8sm::client
