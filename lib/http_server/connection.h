// A client's connection while it is served.

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

// Shared by its session and the task that watches for the client's leaving.
class Connection {
 public:
  Connection(asio::any_io_executor executor, std::unique_ptr<Stream> stream, Limits limits);

  Stream& stream() { return *stream_; }
  const Limits& limits() const { return limits_; }
  const asio::any_io_executor& executor() const { return executor_; }

  // What has arrived and is not read yet.
  std::string& input() { return input_; }

  // Waits at most so long for more input. Returns whether there is any.
  Awaitable<bool> ReadMore(std::chrono::milliseconds time);

  // Sends the bytes, each 256 KiB within limits().write_time. Returns whether that was possible.
  Awaitable<bool> Write(std::string_view bytes);

  // Ends what is under way, and the connection. What waits for wake() is woken.
  void Close();
  bool closed() const { return closed_; }

  // Notified when the connection is closed and when the client leaves. Who waits for something else while a
  // request is answered may notify it of that. One waits at a time.
  Notifier& wake() { return wake_; }

  // Whether the client has closed the connection, as far as WatchForLeaving() has noticed.
  bool client_left() const { return client_left_; }

  // Has a task of the group read from the client, so that its leaving is noticed while an answer is under
  // way. It reads until the client sends or closes something. The group has to outlive the connection's use.
  static void WatchForLeaving(std::shared_ptr<Connection> connection, TaskGroup& tasks);
  // Returns once that task has ended. Input that it has read stays.
  Awaitable<void> EndWatch();

  // How many bytes of an answer wait to be read by the client.
  std::size_t unsent = 0;
  // Whether the connection ends with the answer that is under way.
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
