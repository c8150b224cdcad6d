// A server that says what a test tells it to.

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

// What follows a request on one connection.
struct Turn {
  std::string answer;  // sent as it is; where it is empty, nothing is
  bool close = false;  // afterwards
};

// Listens on a port of 127.0.0.1. The n-th connection plays the n-th list of turns, one a request, and then
// reads on without answering until the client closes; further connections answer nothing.
class ScriptServer {
 public:
  using Script = std::vector<std::vector<Turn>>;

  // Speaks TLS where there is a context, which has to outlive the server, as has the io_context.
  ScriptServer(asio::io_context& io, Script script, asio::ssl::context* tls = nullptr);
  // Closes all connections; runs the io_context for it.
  ~ScriptServer();

  // Of a client that connects here, without credentials.
  RestConfig config() const;

  // Each request as it came, head and body.
  const std::vector<std::string>& requests() const { return requests_; }
  std::size_t connections() const { return connections_; }
  // Runs the io_context until so many connections have been closed by their scripts.
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
// The same for any status line, and with more header lines, each with its line end.
std::string AnswerWith(const std::string& status, const std::string& headers, const std::string& body);

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_SCRIPT_SERVER_H_
