#include "lib/client/api_client.h"

#include "lib/client/http_connection.h"
#include "lib/client/http_message.h"
#include "lib/client/origin.h"

#include <chrono>
#include <utility>

namespace k8sm::client {

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
  const auto deadline = std::chrono::steady_clock::now() + origin_->options().request_timeout;
  const Method method = request.method;
  auto answer = co_await origin_->Send(std::move(request), TakeIdle(), deadline);
  if (!answer) {
    DropIdleAfter(answer.error());
    co_return answer.error();
  }
  if (!answer->head.ok()) {
    const Error refusal = co_await origin_->ReadRefusal(*answer, deadline);
    Keep(std::move(answer->connection));
    co_return refusal;
  }
  std::string body;
  const std::size_t limit = origin_->options().max_response_bytes;
  const auto read = co_await answer->connection->ReadAll(body, limit, deadline);
  if (!read) {
    DropIdleAfter(read.error());
    co_return OutcomeUnknown(read.error(), method);
  }
  Keep(std::move(answer->connection));
  if (const auto json = CheckJson(answer->head); !json && !body.empty())
    co_return OutcomeUnknown(json.error(), method);
  co_return body;
}

std::unique_ptr<HttpConnection> ApiClient::TakeIdle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (origin_->Usable(*connection)) return connection;
  }
  return nullptr;
}

// The others go the same way as the one that failed, a balancer that has frozen for instance.
void ApiClient::DropIdleAfter(const Error& error) {
  if (error.code == Errc::kTimeout || error.code == Errc::kUnavailable) idle_.clear();
}

void ApiClient::Keep(std::unique_ptr<HttpConnection> connection) {
  if (idle_.size() < origin_->options().max_idle_connections && origin_->Usable(*connection))
    idle_.push_back(std::move(connection));
}

}  // namespace k8sm::client
