#include "lib/client/api_client.h"

#include "lib/client/connection/http_connection.h"
#include "lib/client/message/http_message.h"
#include "lib/client/origin.h"
#include "lib/client/request_observer.h"
#include "lib/client/retry.h"

#include <algorithm>
#include <utility>

namespace k8sm::client {

using std::chrono::steady_clock;

ApiClient::ApiClient(std::shared_ptr<Origin> origin) : origin_(std::move(origin)) {
  origin_->OnRotation([this] { idle_.clear(); });
}

ApiClient::~ApiClient() {
  origin_->OnRotation(nullptr);
}

Result<std::unique_ptr<ApiClient>> ApiClient::Create(asio::any_io_executor executor, RestConfig config,
                                                     ClientOptions options) {
  auto origin = Origin::Create(std::move(executor), std::move(config), std::move(options));
  if (!origin) return origin.error();
  return std::unique_ptr<ApiClient>(new ApiClient(std::move(*origin)));
}

const RestConfig& ApiClient::config() const {
  return origin_->config();
}

std::unique_ptr<ApiStream> ApiClient::NewStream() {
  return std::make_unique<ApiStream>(origin_);
}

Awaitable<Result<std::string>> ApiClient::Do(Request request) {
  const auto begin = steady_clock::now();
  const Method method = request.method;
  const std::size_t size = request.body.size();
  auto answer = co_await DoUntil(std::move(request), begin + origin_->options().request_timeout);
  if (RequestObserver* observer = origin_->options().observer) {
    observer->OnRequestSize(method, size);
    observer->OnEnd(method, steady_clock::now() - begin);
    if (answer) observer->OnResponseSize(method, answer->size());
  }
  co_return answer;
}

Awaitable<Result<std::string>> ApiClient::DoUntil(Request request, TimePoint deadline) {
  const Method method = request.method;
  if (method != Method::kGet) co_return co_await Try(std::move(request), deadline, false);
  for (int retries = 0;; ++retries) {
    auto answer = co_await Try(request, deadline, retries > 0);
    if (answer) co_return answer;
    const auto delay = DelayBeforeRetry(method, answer.error(), retries, origin_->options().retry_pause);
    if (!delay || steady_clock::now() + *delay >= deadline) co_return answer;
    const auto waited = co_await Origin::Wait(*delay);
    if (!waited) co_return waited.error();
  }
}

Awaitable<Result<std::string>> ApiClient::Try(Request request, TimePoint deadline, bool again) {
  const Method method = request.method;
  const auto attempt_timeout = origin_->options().attempt_timeout;
  const auto admitted = co_await origin_->Admit(method, deadline);
  if (!admitted) co_return admitted.error();
  auto answer = co_await origin_->Send(std::move(request), TakeIdle(), attempt_timeout, deadline, again);
  if (!answer) co_return answer.error();
  const auto end = std::min(answer->begin + attempt_timeout, deadline);
  if (!answer->head.ok()) {
    const Error refusal = co_await origin_->ReadRefusal(*answer, end);
    Keep(std::move(answer->connection));
    co_return refusal;
  }
  std::string body;
  const auto read = co_await answer->connection->ReadAll(body, origin_->options().max_response_bytes, end);
  if (!read) {
    origin_->NoteLoss(*answer->connection, read.error());
    co_return WithOutcome(read.error(), method);
  }
  Keep(std::move(answer->connection));
  const auto json = EncodingOf(answer->head);
  if (json || body.empty()) co_return body;
  Error error = json.error();
  error.sent = true;
  co_return WithOutcome(std::move(error), method);
}

std::unique_ptr<HttpConnection> ApiClient::TakeIdle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (origin_->Usable(*connection) && connection->Quiet()) return connection;
  }
  return nullptr;
}

void ApiClient::Keep(std::unique_ptr<HttpConnection> connection) {
  // Those at the front are not taken again if fewer requests are sent at the same time than before.
  std::erase_if(idle_, [this](const auto& idle) { return !origin_->Usable(*idle); });
  if (idle_.size() < origin_->options().max_idle_connections && origin_->Usable(*connection))
    idle_.push_back(std::move(connection));
}

}  // namespace k8sm::client
