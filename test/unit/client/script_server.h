// A server that answers with what a test has scripted.

#ifndef K8SM_TEST_UNIT_CLIENT_SCRIPT_SERVER_H_
#define K8SM_TEST_UNIT_CLIENT_SCRIPT_SERVER_H_

#include "lib/async/task_group.h"
#include "lib/client/config/rest_config.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <string>
#include <vector>

namespace k8sm::client {

// The answer to one request on a connection.
struct Turn {
  std::string answer;  // sent verbatim; if empty, nothing is sent
  bool close = false;  // whether to close the connection afterwards
};

// Listens on a port of 127.0.0.1. The n-th connection plays the n-th list of turns, one per request, and then
// reads on without answering until the client closes; further connections answer nothing.
class ScriptServer {
 public:
  using Script = std::vector<std::vector<Turn>>;

  // Speaks TLS if there is a context. The context and the io_context have to outlive the server.
  ScriptServer(asio::io_context& io, Script script, asio::ssl::context* tls = nullptr);
  // Closes all connections, for which it runs the io_context.
  ~ScriptServer();

  // The configuration of a client of this server, without credentials.
  RestConfig config() const;

  // Each request as received, head and body.
  const std::vector<std::string>& requests() const { return requests_; }
  std::size_t connections() const { return connections_; }
  // Runs the io_context until this many connections have been closed by their scripts.
  void WaitForClosed(std::size_t count);

 private:
  Awaitable<void> Accept();
  Awaitable<void> Serve(asio::ip::tcp::socket socket, std::vector<Turn> turns);
  template <class Stream>
  Awaitable<void> Play(Stream& stream, std::vector<Turn> turns);

  asio::io_context& io_;
  Script script_;
  asio::ssl::context* tls_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  std::size_t closed_ = 0;
  TaskGroup tasks_;
};

// "HTTP/1.1 200 OK" with a body of JSON and its length.
std::string JsonAnswer(const std::string& body);
// The same with any status and with further header lines, each with its line end.
std::string AnswerWith(const std::string& status, const std::string& headers, const std::string& body);

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_SCRIPT_SERVER_H_
