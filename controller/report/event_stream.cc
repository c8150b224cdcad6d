#include "controller/report/event_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

constexpr double kQps = 10;
constexpr int kBurst = 100;
// How long End() waits for the remaining events to be sent.
constexpr milliseconds kLastWords{500};

}  // namespace

EventStream::EventStream(asio::any_io_executor executor, std::unique_ptr<client::ApiClient> client,
                         TaskGroup::FailureHandler on_failure)
    : client_(std::move(client)),
      recorder_(executor, *client_),
      tasks_(std::move(executor), std::move(on_failure)) {}

Result<std::unique_ptr<EventStream>> EventStream::Create(asio::any_io_executor executor,
                                                         client::RestConfig config,
                                                         client::ClientOptions options,
                                                         TaskGroup::FailureHandler on_failure) {
  options.qps = options.qps > 0 ? std::min(options.qps, kQps) : kQps;
  options.burst = std::min(options.burst, kBurst);
  options.max_idle_connections = 1;
  auto client = client::ApiClient::Create(executor, std::move(config), std::move(options));
  if (!client) return client.error();
  return std::unique_ptr<EventStream>(
      new EventStream(std::move(executor), *std::move(client), std::move(on_failure)));
}

events::EventSink EventStream::Sink() {
  return [this](kube::Event event) { recorder_.Record(std::move(event)); };
}

void EventStream::Start() {
  tasks_.Spawn("event recorder", recorder_.Run());
}

Awaitable<void> EventStream::End() {
  recorder_.Finish();
  const auto deadline = std::chrono::steady_clock::now() + kLastWords;
  const bool ended = co_await tasks_.JoinUntil(deadline);
  if (ended) co_return;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(deadline + milliseconds(100));
}

}  // namespace k8sm::controller
