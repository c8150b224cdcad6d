// The settings of the port space.

#ifndef K8SM_CONTROLLER_PORT_SPACE_PORT_SPACE_OPTIONS_H_
#define K8SM_CONTROLLER_PORT_SPACE_PORT_SPACE_OPTIONS_H_

#include "controller/port_space/evaluation_options.h"
#include "lib/mesos/agents_poll.h"
#include "lib/ports/demand.h"

#include <chrono>

namespace k8sm::controller {

struct PortSpaceOptions {
  mesos::AgentsPollOptions mesos;
  // Time from one poll to the next; more if polls take over 5 % of it, and four times as long in a process
  // that does not lead.
  std::chrono::milliseconds poll_period{30'000};
  // Whether pods of all namespaces are watched.
  bool all_namespaces = true;
  ports::SchedulerRules rules;
  EvaluationOptions evaluation;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_PORT_SPACE_OPTIONS_H_
