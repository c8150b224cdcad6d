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

Awaitable<Result<void>> ApiStream::Get(std::string target, Timeouts timeouts, Sink sink) {
  const auto start = steady_clock::now();
  const auto deadline = start + timeouts.total;
  Request request{.method = Method::kGet, .target = std::move(target), .body = {}};
  auto answer = co_await origin_->Send(std::move(request), std::move(connection_),
                                       start + std::min(timeouts.headers, timeouts.total));
  if (!answer) co_return answer.error();
  if (!answer->head.ok()) {
    const Error refusal =
        co_await origin_->ReadRefusal(*answer, std::min(deadline, steady_clock::now() + timeouts.idle));
    connection_ = std::move(answer->connection);
    co_return refusal;
  }
  if (auto json = CheckJson(answer->head); !json) co_return json;
  if (auto taken = sink({}); !taken) co_return taken;
  for (;;) {
    const auto bytes =
        co_await answer->connection->ReadSome(std::min(deadline, steady_clock::now() + timeouts.idle));
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) break;
    if (auto taken = sink(*bytes); !taken) co_return taken;
  }
  connection_ = std::move(answer->connection);
  co_return Result<void>();
}

}  // namespace k8sm::client
