// Serves one client: HTTP/1.1 or 1.0, one request after the other.

#ifndef K8SM_LIB_HTTP_SERVER_SESSION_H_
#define K8SM_LIB_HTTP_SERVER_SESSION_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/http_server/connection.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/message.h"
#include "lib/http_server/request_reader.h"

#include <functional>
#include <string>

namespace k8sm::http_server {

// Creates the response to an invalid request: 400, 413 or 431, and the reason as text.
using Refusal = std::function<Response(unsigned status, const std::string& why)>;

// Reads requests from a connection and passes them to the handler.
class Session {
 public:
  // The handler, `refusal` and `tasks` must outlive the session.
  Session(ConnectionPtr connection, const Handler& handler, const Refusal& refusal, SessionHooks hooks,
          TaskGroup& tasks);

  // Serves until the client disconnects or a limit is exceeded. A request of a client that has to connect
  // again (Stream::outdated()) is dropped and its connection closed, as if it had been idle for too long:
  // clients repeat such a request over another one. Call it once.
  Awaitable<void> Run();

  // Makes Run() return after the current response, or immediately if there is none.
  void Finish();

  // Closes the connection. Run() returns at its next operation on it.
  void Close() { connection_->Close(); }

  // Whether a response is being sent in pieces.
  bool unfinished() const { return connection_->unfinished; }

 private:
  Awaitable<bool> WaitForRequest();
  Awaitable<bool> ServeRequest();
  Awaitable<bool> ReadRequest(RequestReader& reader, RequestReader::State& state);
  Awaitable<void> HangUp();

  const ConnectionPtr connection_;
  const Handler& handler_;
  const Refusal& refusal_;
  const SessionHooks hooks_;
  TaskGroup& tasks_;
  bool idle_ = false;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_SESSION_H_
