// The conversation with one client: HTTP/1.1 (and 1.0), one request after the other.

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

// What a request is answered with that cannot be read: 400, 413 or 431, and the reason in words.
using Refusal = std::function<Response(unsigned status, const std::string& why)>;

class Session {
 public:
  // The handler, the refusal and the tasks have to outlive the session.
  Session(ConnectionPtr connection, const Handler& handler, const Refusal& refusal, SessionHooks hooks,
          TaskGroup& tasks);

  // Answers until the client or a limit ends it. REQUIRES: called once.
  Awaitable<void> Run();

  // Ends Run() soon: after the answer that is under way, at once where there is none.
  void Finish();

  // Ends Run() at the next thing that it waits for from the client.
  void Close() { connection_->Close(); }

  // How many bytes the answer has that is being sent; 0: none is.
  std::size_t unsent() const { return connection_->unsent; }

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
