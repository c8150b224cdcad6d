// Decodes one agent. Internal to lib/mesos.

#ifndef K8SM_LIB_MESOS_DECODE_AGENT_H_
#define K8SM_LIB_MESOS_DECODE_AGENT_H_

#include "lib/base/error.h"
#include "lib/ports/snapshot.h"

#include <optional>
#include <string_view>

namespace k8sm::mesos {

struct DecodedAgent {
  ports::Agent agent;
  std::optional<double> registered;  // when it first registered with this master, in seconds since 1970
};

// Fails with kMalformed, naming the agent if possible: "agent node7.example.net: .resources.ports: ...".
Result<DecodedAgent> DecodeAgent(std::string_view json);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_DECODE_AGENT_H_
