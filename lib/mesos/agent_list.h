// What a Mesos master says of its agents.

#ifndef K8SM_LIB_MESOS_AGENT_LIST_H_
#define K8SM_LIB_MESOS_AGENT_LIST_H_

#include "lib/ports/snapshot.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::mesos {

struct AgentList {
  // In the order of the answer. Their labels are those that k8sm gives their Nodes.
  std::vector<ports::Agent> agents;
  // Agents of which the master knows from before a failover, and which have not registered again; nothing
  // where it does not say (before Mesos 1.2).
  std::optional<std::size_t> recovered;
  // Agents that could not be read, and were left out: what was wrong with the first ones, and how many there
  // were.
  std::vector<std::string> errors;
  std::size_t unreadable = 0;
  // When the agent that registered first did so with this master, in seconds since 1970; nothing: not said.
  std::optional<double> first_registration;
};

inline constexpr std::size_t kMaxErrors = 10;

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_AGENT_LIST_H_
