// What a pod asks for of host ports, by the rules of the k8sm scheduler's port mapper.

#ifndef K8SM_LIB_PORTS_DEMAND_H_
#define K8SM_LIB_PORTS_DEMAND_H_

#include "lib/kube/label_map.h"
#include "lib/kube/symbol.h"
#include "lib/ports/port_set.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports {

// A port that one of a pod's `containers` declares. The protocol and the host IP do not matter: Mesos counts
// numbers.
struct DeclaredPort {
  Port container_port = 0;
  Port host_port = 0;  // 0: none, or any
};

// The scheduler's settings, which have to equal its flags.
struct SchedulerRules {
  // --host-port-endpoints: a host port 0 gets any free port, unless the pod's label says otherwise.
  bool wildcard = true;
  // --mesos-framework-roles, and --mesos-default-pod-roles, a subset of them.
  std::vector<std::string> framework_roles{"*"};
  std::vector<std::string> default_roles{"*"};
};

// The parts of a pod or a pod template that the scheduler reads.
struct PodSpec {
  std::vector<DeclaredPort> ports;
  bool host_network = false;
  std::optional<std::string> roles;         // annotation k8s.mesosphere.io/roles
  std::optional<std::string> port_mapping;  // label k8s.mesosphere.io/portMapping
  kube::Symbol node;                        // spec.nodeName; empty: any
  kube::LabelMap selector;                  // spec.nodeSelector
};

struct Demand {
  PortSet fixed;
  // Numbers that are declared more than once, whatever the protocol: the mapper refuses such a pod.
  std::vector<Port> doubled;
  // How many ports it takes beside the fixed ones, whichever they are.
  std::uint32_t wild = 0;
  // Without duplicates, in the order in which the mapper tries them.
  std::vector<std::string> roles;
  kube::Symbol node;
  kube::LabelMap selector;

  bool wants_ports() const { return !fixed.empty() || wild > 0; }
  friend bool operator==(const Demand&, const Demand&) = default;
};

// With the host network a port without a host port takes the container port, as the API server's defaulting
// does in a pod (and, since Kubernetes 1.28, not in templates).
Demand DemandOf(const PodSpec& spec, const SchedulerRules& rules);

// The roles of an annotation "fixed, *": trimmed, without empty names, duplicates and roles that the
// framework does not have.
std::vector<std::string> ParseRoles(std::string_view text, std::span<const std::string> framework_roles);

// A number for hash tables and maps; equal demands have equal ones within a process.
std::size_t HashOf(const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_DEMAND_H_
