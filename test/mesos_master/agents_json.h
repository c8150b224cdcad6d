// The list of agents as masters of several Mesos versions return it.

#ifndef K8SM_TEST_MESOS_MASTER_AGENTS_JSON_H_
#define K8SM_TEST_MESOS_MASTER_AGENTS_JSON_H_

#include "lib/base/error.h"
#include "lib/ports/port_set.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::mock_master {

struct MockAgent {
  std::string hostname;
  std::map<std::string, ports::PortSet> offered;  // by role
  ports::PortSet used;
};

enum class Version {
  k0_22,  // does not report used ports, nor roles
  k0_28,  // reports both
  k1_11,  // reports also the agents that have not reregistered
};

// Parses "0.22", "0.28" or "1.11". Errors: kInvalidConfig.
Result<Version> ParseVersion(std::string_view text);

// Parses lines "HOSTNAME RESOURCES [USED]", as in "node1 ports(fixed):[31900-31909];ports:[31000-31019]
// [31000-31001]"; without blanks in RESOURCES. Empty lines and those that begin with # are skipped. Errors:
// kInvalidConfig, naming the line.
Result<std::vector<MockAgent>> ParseAgents(std::string_view text);

// The answer to /master/slaves. `recovered`: number of agents that have not reregistered since a failover.
std::string AgentsJson(Version version, const std::vector<MockAgent>& agents, std::size_t recovered);

}  // namespace k8sm::mock_master

#endif  // K8SM_TEST_MESOS_MASTER_AGENTS_JSON_H_
