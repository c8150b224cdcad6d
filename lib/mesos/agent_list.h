// The agents of a Mesos master.

#ifndef K8SM_LIB_MESOS_AGENT_LIST_H_
#define K8SM_LIB_MESOS_AGENT_LIST_H_

#include "lib/ports/snapshot.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::mesos {

// The decoded response of a master.
struct AgentList {
  // In response order. Their labels are those that k8sm gives their Nodes.
  std::vector<ports::Agent> agents;
  // Number of agents that the master knows from before a failover and that have not reregistered yet; nullopt
  // if it does not report this (before Mesos 1.2).
  std::optional<std::size_t> recovered;
  // Agents that could not be decoded and were omitted: the errors of the first kMaxErrors, and the total
  // number.
  std::vector<std::string> errors;
  std::size_t unreadable = 0;
  // When the first agent registered with this master, in seconds since 1970; nullopt if not reported.
  std::optional<double> first_registration;
};

inline constexpr std::size_t kMaxErrors = 10;

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_AGENT_LIST_H_
