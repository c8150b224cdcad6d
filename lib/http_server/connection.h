// A client's connection.

#ifndef K8SM_LIB_HTTP_SERVER_CONNECTION_H_
#define K8SM_LIB_HTTP_SERVER_CONNECTION_H_

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/http_server/limits.h"
#include "lib/http_server/stream.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::http_server {

// Shared by a session and the task that watches for the client's disconnection.
class Connection {
 public:
  // Takes ownership of an open stream.
  Connection(asio::any_io_executor executor, std::unique_ptr<Stream> stream, Limits limits);

  Stream& stream() { return *stream_; }
  const Limits& limits() const { return limits_; }
  const asio::any_io_executor& executor() const { return executor_; }

  // Bytes received and not consumed yet.
  std::string& input() { return input_; }

  // Waits up to `time` for more input. Returns whether there is any.
  Awaitable<bool> ReadMore(std::chrono::milliseconds time);

  // Sends the bytes, each 256 KiB within limits().write_time. Returns false on failure or timeout.
  Awaitable<bool> Write(std::string_view bytes);

  // Closes the connection, cancels pending operations and notifies wake().
  void Close();
  // Whether Close() was called.
  bool closed() const { return closed_; }

  // Notified when the connection is closed and when the client disconnects. A handler that waits for
  // something else may notify it, too. Only one coroutine may wait at a time.
  Notifier& wake() { return wake_; }

  // Whether the client has closed the connection, as far as WatchForLeaving() has observed.
  bool client_left() const { return client_left_; }

  // Starts a task in `tasks` that reads from the client, so that a disconnection is noticed while a request
  // is being answered. It ends when the client sends data or disconnects. `tasks` must outlive the use of the
  // connection.
  static void WatchForLeaving(std::shared_ptr<Connection> connection, TaskGroup& tasks);
  // Cancels that task and returns once it has ended. Input that it has read is kept.
  Awaitable<void> EndWatch();

  // Whether a response is being sent in pieces.
  bool unfinished = false;
  // Whether the connection is closed after the current response.
  bool last_answer = false;

 private:
  enum class Watching { kNo, kYes, kEnding };

  static Awaitable<void> Watch(std::shared_ptr<Connection> connection);

  const asio::any_io_executor executor_;
  const std::unique_ptr<Stream> stream_;
  const Limits limits_;
  std::string input_;
  bool closed_ = false;
  bool client_left_ = false;
  Watching watching_ = Watching::kNo;
  Notifier wake_;
};

using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_CONNECTION_H_
