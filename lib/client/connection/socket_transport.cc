#include "lib/client/connection/socket_transport.h"

#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <cerrno>
#include <chrono>
#include <sys/socket.h>
#include <utility>

namespace k8sm::client {
namespace {

using boost::system::error_code;

error_code LastError() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

}  // namespace

SocketTransport::SocketTransport(asio::ip::tcp::socket socket, std::string peer)
    : socket_(std::move(socket)), peer_(std::move(peer)) {}

Awaitable<Result<std::size_t>> SocketTransport::ReadSome(std::span<char> into, TimePoint deadline) {
  canceled_ = false;
  Attempt attempt{.error = asio::error::would_block};
  if (more_ || HasUnread()) {
    if (++reads_ > kReadsAtOnce) {
      reads_ = 0;
      co_await asio::post(socket_.get_executor(), kToken);
      if (std::chrono::steady_clock::now() >= deadline)
        co_return NetworkError("receive from " + peer_, asio::error::timed_out);
    }
    attempt = TryRead(into);
  }
  while (attempt.error == asio::error::would_block) {
    reads_ = 0;
    attempt.error = co_await WaitFor(attempt.wait, deadline);
    if (!attempt.error) attempt = TryRead(into);
  }
  if (attempt.error == asio::error::eof) co_return std::size_t{0};
  if (attempt.error) co_return NetworkError("receive from " + peer_, attempt.error);
  co_return attempt.size;
}

Awaitable<Result<void>> SocketTransport::Write(std::string_view bytes, TimePoint deadline) {
  canceled_ = false;
  while (!bytes.empty()) {
    Attempt attempt = TryWrite(bytes);
    bytes.remove_prefix(attempt.size);
    if (attempt.error == asio::error::would_block) attempt.error = co_await WaitFor(attempt.wait, deadline);
    if (attempt.error) co_return NetworkError("send to " + peer_, attempt.error);
  }
  co_return Result<void>();
}

Awaitable<error_code> SocketTransport::WaitFor(asio::socket_base::wait_type what, TimePoint deadline) {
  if (canceled_) co_return asio::error::operation_aborted;
  deadline_.Begin(deadline);
  const auto [result] = co_await socket_.async_wait(what, kToken);
  co_return deadline_.End(result);
}

void SocketTransport::Cancel() {
  canceled_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

bool SocketTransport::Quiet() {
  if (HasUnread()) return false;
  char byte = 0;
  const auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

SocketTransport::Attempt SocketTransport::TryRead(std::span<char> into) {
  return Receive(into);
}

SocketTransport::Attempt SocketTransport::TryWrite(std::string_view bytes) {
  return Send(bytes);
}

SocketTransport::Attempt SocketTransport::Receive(std::span<char> into) {
  const auto size = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
  const error_code error = size < 0 ? LastError() : error_code();
  more_ = size == static_cast<ssize_t>(into.size());
  if (size == 0) return {.error = asio::error::eof};
  if (error) return {.error = error};
  return {.size = static_cast<std::size_t>(size)};
}

SocketTransport::Attempt SocketTransport::Send(std::string_view bytes) {
  const auto size = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0) return {.error = LastError(), .wait = asio::socket_base::wait_write};
  return {.size = static_cast<std::size_t>(size)};
}

}  // namespace k8sm::client
