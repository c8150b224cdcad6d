#include "lib/http_server/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <utility>

namespace k8sm::http_server {
namespace {

constexpr std::size_t kReadSize = 8 << 10;
constexpr std::size_t kWriteSize = 256 << 10;
constexpr std::chrono::hours kForever{24 * 365};

}  // namespace

Connection::Connection(asio::any_io_executor executor, std::unique_ptr<Stream> stream, Limits limits)
    : executor_(executor), stream_(std::move(stream)), limits_(limits), wake_(std::move(executor)) {}

Awaitable<bool> Connection::ReadMore(std::chrono::milliseconds time) {
  stream_->ExpireAfter(time);
  const std::size_t before = input_.size();
  input_.resize(before + kReadSize);
  const std::size_t size = co_await stream_->ReadSome(asio::buffer(&input_[before], kReadSize));
  input_.resize(before + size);
  co_return size > 0;
}

Awaitable<bool> Connection::Write(std::string_view bytes) {
  do {
    const std::string_view piece = bytes.substr(0, kWriteSize);
    stream_->ExpireAfter(limits_.write_time);
    const bool written = co_await stream_->Write(piece);
    if (!written) co_return false;
    bytes.remove_prefix(piece.size());
  } while (!bytes.empty());
  co_return true;
}

void Connection::Close() {
  closed_ = true;
  stream_->Close();
  wake_.Notify();
}

void Connection::WatchForLeaving(std::shared_ptr<Connection> connection, TaskGroup& tasks) {
  if (connection->watching_ != Watching::kNo) return;
  connection->watching_ = Watching::kYes;
  tasks.Spawn("watch for a client's leaving", Watch(connection));
}

Awaitable<void> Connection::Watch(std::shared_ptr<Connection> connection) {
  // However the watch ends, also by an exception, EndWatch() may be waiting for it.
  struct Ending {
    ~Ending() {
      connection.watching_ = Watching::kNo;
      connection.wake_.Notify();
    }
    Connection& connection;
  };
  const Ending ending{*connection};
  if (connection->watching_ == Watching::kEnding) co_return;
  const bool more = co_await connection->ReadMore(kForever);
  if (!more && connection->watching_ == Watching::kYes) connection->client_left_ = true;
}

Awaitable<void> Connection::EndWatch() {
  if (watching_ == Watching::kNo) co_return;
  watching_ = Watching::kEnding;
  boost::system::error_code ignored;
  stream_->socket().cancel(ignored);
  while (watching_ != Watching::kNo) co_await wake_.Wait();
}

}  // namespace k8sm::http_server
