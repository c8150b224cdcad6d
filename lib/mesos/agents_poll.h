// Polls Mesos masters over HTTP.

#ifndef K8SM_LIB_MESOS_AGENTS_POLL_H_
#define K8SM_LIB_MESOS_AGENTS_POLL_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/mesos/poll_machine.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::mesos {

// Options of AgentsPoll. `masters` must not be empty.
struct AgentsPollOptions {
  std::vector<MasterUrl> masters;
  // File with principal and secret (credentials.h), reread on each poll; empty: none. The credentials are
  // sent to the configured masters and to the leader that they name, only over https and only if it was named
  // over https, too, unless insecure_credentials is set.
  std::string credentials_file;
  bool insecure_credentials = false;
  std::string ca_file;  // PEM, for https; empty: the system's root certificates
  std::chrono::milliseconds connect_timeout{10'000};
  // For one response, from when the connection is established.
  std::chrono::milliseconds answer_timeout{30'000};
};

// Runs one poll at a time. Destroy it only when no poll is in progress.
class AgentsPoll {
 public:
  using TimePoint = PollMachine::TimePoint;

  // Fails with kInvalidConfig, naming the file, if the credentials or the CA certificates cannot be used.
  static Result<std::unique_ptr<AgentsPoll>> Create(asio::any_io_executor executor,
                                                    AgentsPollOptions options);

  // Finds the leading master if it is not known, and reads its agents incrementally. Ends at `deadline` at
  // the latest; a master that is asked who leads has only a part of the time left, so that one that hangs
  // leaves time for the others and for the agents. If cancelled, returns kUnreachable with an error of
  // kCanceled.
  Awaitable<PollResult> Poll(TimePoint deadline = TimePoint::max());

 private:
  AgentsPoll(asio::any_io_executor executor, AgentsPollOptions options);

  Awaitable<PollMachine::Step> Perform(PollMachine::Step step, TimePoint deadline);
  TimePoint DeadlineOf(const PollMachine::Step& step, TimePoint deadline) const;
  Result<std::string> RequestText(const PollMachine::Step& step) const;

  asio::any_io_executor executor_;
  AgentsPollOptions options_;
  std::string ca_pem_;
  PollMachine machine_;
};

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_AGENTS_POLL_H_
