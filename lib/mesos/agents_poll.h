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

struct AgentsPollOptions {
  std::vector<MasterUrl> masters;
  // With a principal and a secret (credentials.h); read anew at each poll. Empty: none are sent. They go to
  // the masters above and to the leader that those name, over https alone unless insecure_credentials is set.
  std::string credentials_file;
  bool insecure_credentials = false;
  std::string ca_file;  // PEM, for https; empty: the system's roots
  std::chrono::milliseconds connect_timeout{10'000};
  // For one answer, from when the connection stands.
  std::chrono::milliseconds answer_timeout{30'000};
};

// One poll at a time. Destroy it when none is under way.
class AgentsPoll {
 public:
  // kInvalidConfig, naming the file, where the credentials or the authorities cannot be used.
  static Result<std::unique_ptr<AgentsPoll>> Create(asio::any_io_executor executor,
                                                    AgentsPollOptions options);

  // Finds the leader, where it is not known, and reads its agents as they arrive, never holding the whole
  // answer. Cancelled: kUnreachable, with an error of kCanceled.
  Awaitable<PollResult> Poll();

 private:
  AgentsPoll(asio::any_io_executor executor, AgentsPollOptions options);

  Awaitable<PollMachine::Step> Perform(PollMachine::Step step);
  Result<std::string> RequestText(const PollMachine::Step& step) const;

  asio::any_io_executor executor_;
  AgentsPollOptions options_;
  std::string ca_pem_;
  PollMachine machine_;
};

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_AGENTS_POLL_H_
