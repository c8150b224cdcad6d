#include "test/apiserver/watch_session.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_cat.hpp>
#include <boost/beast/http/chunk_encode.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace k8sm::apiserver {
namespace {

namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBookmarkPeriod{60};
constexpr std::chrono::seconds kBookmarkBeforeEnd{2};
// Events are gathered up to about this size before they are sent.
constexpr std::size_t kBatchBytes = 64 * 1024;

// Returns when the client has closed the connection, or has sent something more, or the wait is cancelled.
Awaitable<void> LookOutForLeaving(ConnectionPtr connection) {
  auto& socket = connection->stream.socket();
  const auto [error] = co_await socket.async_wait(asio::ip::tcp::socket::wait_read, kToken);
  if (error) co_return;
  boost::system::error_code ignored;
  if (socket.available(ignored) > 0) co_return;
  connection->client_left = true;
  connection->wake.Notify();
}

Clock::time_point NextBookmark(Clock::time_point now, Clock::time_point end) {
  const Clock::time_point last = end - kBookmarkBeforeEnd;
  return last > now ? std::min(last, now + kBookmarkPeriod) : now + kBookmarkPeriod;
}

Awaitable<bool> WriteChunk(ConnectionPtr connection, std::string events) {
  connection->stream.expires_after(kWriteTimeout);
  const auto chunk = http::make_chunk(asio::buffer(events));
  const auto [error, bytes] = co_await asio::async_write(connection->stream, chunk, kToken);
  connection->stream.expires_never();
  co_return !error;
}

// What ends a watch, other than the passing of its time.
enum class Ending { kTimeout, kServerEnded, kBroken };

Awaitable<Ending> SendEvents(ConnectionPtr connection, std::shared_ptr<WatchStream> watch) {
  const Clock::time_point end = Clock::now() + watch->timeout();
  Clock::time_point bookmark = NextBookmark(Clock::now(), end);
  for (;;) {
    std::string events;
    const WatchStream::State state = watch->Read(events, kBatchBytes);
    if (state == WatchStream::State::kIdle && Clock::now() >= bookmark) {
      watch->Bookmark(events);
      bookmark = NextBookmark(Clock::now(), end);
    }
    if (!events.empty()) {
      const bool written = co_await WriteChunk(connection, std::move(events));
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

Awaitable<bool> ServeWatch(ConnectionPtr connection, std::shared_ptr<WatchStream> watch, TaskGroup& tasks) {
  tasks.Spawn("watched client", LookOutForLeaving(connection));
  // The stream holds the listener no longer than the connection lives: it is taken away below, and in any
  // case the two are let go of together.
  watch->OnEvent([connection] { connection->wake.Notify(); });
  const Ending ending = co_await SendEvents(connection, watch);
  watch->OnEvent({});
  boost::system::error_code ignored;
  connection->stream.socket().cancel(ignored);
  if (ending == Ending::kBroken) co_return false;
  connection->stream.expires_after(kWriteTimeout);
  const auto last = http::make_chunk_last();
  const auto [error, bytes] = co_await asio::async_write(connection->stream, last, kToken);
  co_return !error;
}

}  // namespace k8sm::apiserver
