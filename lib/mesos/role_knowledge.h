// Whether a master reports which ports belong to which role.

#ifndef K8SM_LIB_MESOS_ROLE_KNOWLEDGE_H_
#define K8SM_LIB_MESOS_ROLE_KNOWLEDGE_H_

#include "lib/mesos/agent_list.h"

#include <span>
#include <string>

namespace k8sm::mesos {

// Whether the list tells all that agents offer to these roles. Mesos 0.22 and earlier does not report roles:
// of an agent with ports for several, it shows those of one.
bool TellsOffersTo(std::span<const std::string> roles, const AgentList& list);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_ROLE_KNOWLEDGE_H_
