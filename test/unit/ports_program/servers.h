// A server on a thread of its own, for functions that run a loop of their own.

#ifndef K8SM_TEST_UNIT_PORTS_PROGRAM_SERVERS_H_
#define K8SM_TEST_UNIT_PORTS_PROGRAM_SERVERS_H_

#include "test/unit/client/script_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace k8sm::ports_program {

class Servers {
 public:
  // Speaks TLS if there is a context, which must outlive this object.
  explicit Servers(client::ScriptServer::Script script, asio::ssl::context* tls = nullptr)
      : server_(io_, std::move(script), tls), work_(io_.get_executor()), thread_([this] { io_.run(); }) {}
  ~Servers() { Stop(); }

  void Stop() {
    if (!thread_.joinable()) return;
    work_.reset();
    io_.stop();
    thread_.join();
    io_.restart();
  }

  std::uint16_t port() const { return server_.config().port; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
  // REQUIRES: Stop() was called.
  const std::vector<std::string>& requests() const { return server_.requests(); }

 private:
  asio::io_context io_;
  client::ScriptServer server_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace k8sm::ports_program

#endif  // K8SM_TEST_UNIT_PORTS_PROGRAM_SERVERS_H_
