// A request and its response.

#ifndef K8SM_LIB_HTTP_SERVER_EXCHANGE_H_
#define K8SM_LIB_HTTP_SERVER_EXCHANGE_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/http_server/connection.h"
#include "lib/http_server/message.h"
#include "lib/http_server/tls.h"

#include <functional>
#include <optional>
#include <string_view>

namespace k8sm::http_server {

// Callbacks from a session to the server.
struct SessionHooks {
  // Returns when another response may be sent in pieces.
  std::function<Awaitable<void>()> make_room;
  // Called after each response if the connection stays open for another request.
  std::function<void()> on_answered;
};

// Passed to a Handler, which responds with Send(), or with Begin(), any number of Write() and End(). These
// return false if the client has disconnected or was too slow; then nothing more can be sent. The body of a
// response to HEAD is not sent.
class Exchange {
 public:
  // Replaces Connection::Write().
  using Writer = std::function<Awaitable<bool>(std::string_view bytes)>;

  // All arguments must outlive the exchange.
  Exchange(const Request& request, ConnectionPtr connection, const SessionHooks& hooks, TaskGroup& tasks);

  // The request; valid as long as the exchange.
  const Request& request() const { return request_; }
  Connection& connection() { return *connection_; }
  // The identity in the client's certificate; nullopt if it has none, or one that is invalid or has expired.
  std::optional<ClientCertificate> client_certificate() const;

  // Sends a complete response.
  Awaitable<bool> Send(Response response);

  // Sends the head of a response; `head.body` is ignored. The body follows with Write(). Another client that
  // is sent a response in pieces may be disconnected for it (Limits::unfinished).
  Awaitable<bool> Begin(const Response& head);
  // Sends a part of the body. An empty part is ignored. REQUIRES: after Begin(), before End().
  Awaitable<bool> Write(std::string_view piece);
  // Ends the body. REQUIRES: after Begin().
  Awaitable<bool> End();

  // Closes the connection after this response. Call it before the head is sent.
  void CloseAfterwards() { connection_->last_answer = true; }

  // From now on, connection().client_left() becomes true and its wake() is notified when the client
  // disconnects.
  void WatchForLeaving() { Connection::WatchForLeaving(connection_, tasks_); }

  // From now on, sends through `writer`. For tests that truncate responses.
  void SetWriter(Writer writer) { write_ = std::move(writer); }

  // Whether the connection can be used for another request.
  bool reusable() const { return complete_ && keep_alive_; }

 private:
  Awaitable<bool> SendHead(const Response& response, std::optional<std::size_t> content_length);

  const Request& request_;
  const ConnectionPtr connection_;
  const SessionHooks& hooks_;
  TaskGroup& tasks_;
  Writer write_;
  const bool head_only_;
  bool keep_alive_ = false;
  bool complete_ = false;
};

// Answers a request. Cancelled if the server stops immediately. An exception closes the connection and is
// logged as a bug.
using Handler = std::function<Awaitable<void>(Exchange& exchange)>;

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_EXCHANGE_H_
