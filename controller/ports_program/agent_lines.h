// What each agent has for one more pod.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_AGENT_LINES_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_AGENT_LINES_H_

#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/ports/demand.h"

#include <string>

namespace k8sm::ports_program {

// Returns a line for each agent: whether such a pod has room there, and why not. Of more than 30 agents,
// unless options.all, a line for each reason, with the number of agents and one of them, the agents that are
// closest to having room first. `spec` is that of the pod.
std::string AgentLines(const State& state, const ports::Demand& demand, const ports::PodSpec& spec,
                       const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_AGENT_LINES_H_
