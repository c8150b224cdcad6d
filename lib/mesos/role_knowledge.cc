#include "lib/mesos/role_knowledge.h"

#include <algorithm>

namespace k8sm::mesos {

bool TellsOffersTo(std::span<const std::string> roles, const AgentList& list) {
  // The same versions do not report used ports.
  return roles.size() <= 1 ||
         std::ranges::all_of(list.agents, [](const ports::Agent& agent) { return agent.used_known; });
}

}  // namespace k8sm::mesos
