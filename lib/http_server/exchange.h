// One request and how it is answered.

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

// How a session fits in with the others.
struct SessionHooks {
  // Returns when there is room in memory for one more answer.
  std::function<Awaitable<void>()> make_room;
  // Called after each answer that is followed by another request.
  std::function<void()> on_answered;
};

// Given to a Handler, which answers by Send(), or by Begin(), Write() as often as it likes, and End(). Calls
// that return false tell that the client has gone, or was too slow: nothing more can be sent. The body of an
// answer to HEAD is not sent.
class Exchange {
 public:
  // Sends bytes in place of Connection::Write().
  using Writer = std::function<Awaitable<bool>(std::string_view bytes)>;

  // What it is given has to outlive it.
  Exchange(const Request& request, ConnectionPtr connection, const SessionHooks& hooks, TaskGroup& tasks);

  const Request& request() const { return request_; }
  Connection& connection() { return *connection_; }
  // Whom the client's certificate names.
  std::optional<ClientCertificate> client_certificate() const;

  // To be called before a page is made that takes memory. Returns false where the connection has been closed.
  Awaitable<bool> MakeRoom();

  // Sends a whole answer.
  Awaitable<bool> Send(Response response);

  // Sends the head of an answer, whose own body is not looked at; the body follows in pieces.
  Awaitable<bool> Begin(const Response& head);
  Awaitable<bool> Write(std::string_view piece);
  Awaitable<bool> End();

  // Closes the connection after this answer. To be called before its head is sent.
  void CloseAfterwards() { connection_->last_answer = true; }

  // From now on connection().client_left() becomes true when the client leaves, and its wake() is notified.
  void WatchForLeaving() { Connection::WatchForLeaving(connection_, tasks_); }

  // From now on the answer's bytes go through `writer`. For tests of clients, that cut answers short.
  void SetWriter(Writer writer) { write_ = std::move(writer); }

  // Whether the connection can carry another request.
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

// Answers the request. Is cancelled where the server stops at once. What it throws ends the connection and is
// logged as a bug.
using Handler = std::function<Awaitable<void>(Exchange& exchange)>;

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_EXCHANGE_H_
