#include "test/apiserver/watch_session.h"

#include "test/apiserver/watch_stream.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace k8sm::apiserver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBookmarkPeriod{60};
constexpr std::chrono::seconds kBookmarkBeforeEnd{2};
// Events are gathered up to about this size before they are sent.
constexpr std::size_t kBatchBytes = 64 * 1024;

// Tells whoever waits that nobody looks out any more, however that has ended.
class LookingOut {
 public:
  explicit LookingOut(ConnectionPtr connection) : connection_(std::move(connection)) {}
  ~LookingOut() {
    connection_->looked_out_for = false;
    connection_->wake.Notify();
  }
  LookingOut(const LookingOut&) = delete;
  LookingOut& operator=(const LookingOut&) = delete;

 private:
  const ConnectionPtr connection_;
};

// Returns when the client has closed the connection, or has sent something more, or when it is not wanted any
// more and reading is cancelled.
Awaitable<void> LookOutForLeaving(ConnectionPtr connection, std::shared_ptr<const bool> wanted) {
  const LookingOut looking_out(connection);
  if (!*wanted) co_return;
  const std::size_t size = co_await connection->Read(std::chrono::hours(24));
  if (size == 0 && *wanted) connection->client_left = true;
}

Awaitable<void> StopLookingOut(ConnectionPtr connection, std::shared_ptr<bool> wanted) {
  *wanted = false;
  boost::system::error_code ignored;
  if (connection->looked_out_for) connection->socket().cancel(ignored);
  while (connection->looked_out_for) co_await connection->wake.Wait();
}

Clock::time_point NextBookmark(Clock::time_point now, Clock::time_point end) {
  const Clock::time_point last = end - kBookmarkBeforeEnd;
  return last > now ? std::min(last, now + kBookmarkPeriod) : now + kBookmarkPeriod;
}

std::string Chunk(const std::string& bytes) {
  char digits[16];
  std::string chunk(digits, std::to_chars(digits, digits + sizeof digits, bytes.size(), 16).ptr);
  return chunk.append("\r\n").append(bytes).append("\r\n");
}

// What ends a watch, other than the passing of its time.
enum class Ending { kTimeout, kServerEnded, kBroken };

Awaitable<Ending> SendEvents(ConnectionPtr connection, std::shared_ptr<WatchStream> watch, EventFault* fault,
                             AnswerWriter& writer) {
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
      const std::string chunk = Chunk(events);
      const bool written = co_await writer.Write(chunk);
      if (!written) co_return Ending::kBroken;
    }
    if (state == WatchStream::State::kEnded) co_return Ending::kServerEnded;
    if (connection->client_left) co_return Ending::kBroken;
    if (Clock::now() >= end) co_return Ending::kTimeout;
    // What happened while the write was under way has woken nobody, so it is read before waiting.
    if (state == WatchStream::State::kMore || watch->HasMore()) continue;
    co_await connection->wake.WaitUntil(watch->bookmarks() ? std::min(end, bookmark) : end);
  }
}

}  // namespace

Awaitable<bool> ServeWatch(ConnectionPtr connection, Response response, AnswerWriter& writer,
                           TaskGroup& tasks) {
  connection->looked_out_for = true;
  const auto wanted = std::make_shared<bool>(true);
  tasks.Spawn("watched client", LookOutForLeaving(connection, wanted));
  const std::shared_ptr<WatchStream> watch = std::move(response.watch);
  // The stream holds the listener no longer than the connection lives: it is taken away below, and in any
  // case the two are let go of together.
  watch->OnEvent([connection] { connection->wake.Notify(); });
  EventFault* const fault = response.event_fault ? &*response.event_fault : nullptr;
  const Ending ending = co_await SendEvents(connection, watch, fault, writer);
  watch->OnEvent({});
  co_await StopLookingOut(connection, wanted);
  if (ending == Ending::kBroken) co_return false;
  co_return co_await writer.Write("0\r\n\r\n");
}

}  // namespace k8sm::apiserver
