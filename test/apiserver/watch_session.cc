#include "test/apiserver/watch_session.h"

#include "lib/http_server/connection.h"
#include "test/apiserver/protobuf.h"
#include "test/apiserver/watch_stream.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace k8sm::apiserver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBookmarkPeriod{60};
constexpr std::chrono::seconds kBookmarkBeforeEnd{2};
// Events are batched up to about this size.
constexpr std::size_t kBatchBytes = 64 * 1024;

Clock::time_point NextBookmark(Clock::time_point now, Clock::time_point end) {
  const Clock::time_point last = end - kBookmarkBeforeEnd;
  return last > now ? std::min(last, now + kBookmarkPeriod) : now + kBookmarkPeriod;
}

// Why a watch ended.
enum class Ending { kTimeout, kServerEnded, kBroken };

Awaitable<Ending> SendEvents(http_server::Exchange& exchange, std::shared_ptr<WatchStream> watch,
                             EventFault* fault, bool protobuf) {
  http_server::Connection& connection = exchange.connection();
  const Clock::time_point end = Clock::now() + watch->timeout();
  Clock::time_point bookmark = NextBookmark(Clock::now(), end);
  for (;;) {
    std::string events;
    WatchStream::State state = watch->Read(events, kBatchBytes);
    if (state == WatchStream::State::kIdle && Clock::now() >= bookmark) {
      watch->Bookmark(events);
      bookmark = NextBookmark(Clock::now(), end);
    }
    if (fault && !fault->Apply(events)) state = WatchStream::State::kEnded;
    if (!events.empty()) {
      if (protobuf) events = ToProtobufFrames(events).value_or("");
      const bool written = co_await exchange.Write(events);
      if (!written) co_return Ending::kBroken;
    }
    if (state == WatchStream::State::kEnded) co_return Ending::kServerEnded;
    if (connection.client_left() || connection.closed()) co_return Ending::kBroken;
    if (Clock::now() >= end) co_return Ending::kTimeout;
    // Events during the write did not notify, so they must be read before waiting.
    if (state == WatchStream::State::kMore || watch->HasMore()) continue;
    co_await connection.wake().WaitUntil(watch->bookmarks() ? std::min(end, bookmark) : end);
  }
}

}  // namespace

Awaitable<void> ServeWatch(http_server::Exchange& exchange, const http_server::Response& head,
                           Response response) {
  const bool begun = co_await exchange.Begin(head);
  if (!begun) co_return;
  exchange.WatchForLeaving();
  const std::shared_ptr<WatchStream> watch = std::move(response.watch);
  watch->OnEvent([&wake = exchange.connection().wake()] { wake.Notify(); });
  EventFault* const fault = response.event_fault ? &*response.event_fault : nullptr;
  const Ending ending = co_await SendEvents(exchange, watch, fault, response.protobuf);
  watch->OnEvent({});
  if (ending != Ending::kBroken) co_await exchange.End();
}

}  // namespace k8sm::apiserver
