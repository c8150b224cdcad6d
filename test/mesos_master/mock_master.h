// A simulated Mesos master with given agents.

#ifndef K8SM_TEST_MESOS_MASTER_MOCK_MASTER_H_
#define K8SM_TEST_MESOS_MASTER_MOCK_MASTER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/server.h"
#include "test/mesos_master/agents_json.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::mock_master {

// Determines the master's answers; may be changed while it runs.
struct MasterState {
  Version version = Version::k1_11;
  std::vector<MockAgent> agents;
  std::size_t recovered = 0;
  // If false, it answers like a standby of its version that knows no leader.
  bool leads = true;
  // Unless 0, each request is answered with this status.
  unsigned status = 0;
  // Unless empty, the body of the answer to /master/slaves.
  std::string answer;
};

// Serves /master/redirect and /master/slaves.
class MockMaster {
 public:
  // Errors are those of http_server::Server::Listen.
  static Result<std::unique_ptr<MockMaster>> Listen(asio::any_io_executor executor, std::string address,
                                                    std::uint16_t port, MasterState state);

  // Serves until cancelled or stopped. Call once.
  Awaitable<void> Run() { return server_->Run(); }
  void Stop() { server_->Stop(); }

  std::string address() const { return address_ + ":" + std::to_string(server_->port()); }
  std::uint16_t port() const { return server_->port(); }
  MasterState& state() { return state_; }
  std::size_t polls() const { return polls_; }  // requests for agents

 private:
  explicit MockMaster(std::string address, MasterState state)
      : address_(std::move(address)), state_(std::move(state)) {}

  Awaitable<void> Serve(http_server::Exchange& exchange);
  http_server::Response Answer(const std::string& path);
  http_server::Response Redirect(const std::string& path) const;

  const std::string address_;
  MasterState state_;
  std::unique_ptr<http_server::Server> server_;
  std::size_t polls_ = 0;
};

}  // namespace k8sm::mock_master

#endif  // K8SM_TEST_MESOS_MASTER_MOCK_MASTER_H_
