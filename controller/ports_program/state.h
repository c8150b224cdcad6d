// What is known of the cluster: agents, pods, and how good that knowledge is.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_STATE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_STATE_H_

#include "controller/ports_program/cluster.h"
#include "controller/ports_program/options.h"
#include "lib/base/error.h"
#include "lib/mesos/agent_list.h"
#include "lib/ports/port_space.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::ports_program {

struct State {
  // The holders of the space are the cluster's pods that hold ports; `holder_of` gives each one's index among
  // them.
  ports::PortSpace space;
  Cluster cluster;
  std::vector<std::optional<ports::HolderIndex>> holder_of;  // by pod
  ports::PortSet declared;  // the host ports of live pods' specs, the pending ones' too, on whichever agent
  std::string source;       // "m1.example.net:5050", or a file's name
  std::optional<std::int64_t> age_seconds;     // nothing: of a file
  std::vector<std::string> warnings;           // what could not be read, or what is not known
  std::optional<ports::SchedulerRules> rules;  // those of the controller, if it was read from one
};

// Puts agents and pods together, the latter by namespace and name. Agents take the labels of their Nodes,
// where those are known.
State MakeState(mesos::AgentList agents, Cluster cluster, bool complete, std::string source);

// From -agents and -pods. kInvalidConfig, naming the file.
Result<State> LoadFiles(const Options& options);

// The whole text of a file, or of standard input for "-". kInvalidConfig, naming it. At most 512 MiB.
Result<std::string> ReadText(const std::string& path);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_STATE_H_
