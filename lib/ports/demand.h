// The host ports that a pod requests, by the rules of the k8sm scheduler's port mapper.

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

// A port declared by one of a pod's `containers`. Protocol and host IP are irrelevant, because Mesos only
// counts numbers.
struct DeclaredPort {
  Port container_port = 0;
  Port host_port = 0;  // 0: none, or any
};

// The scheduler's settings; must match its flags.
struct SchedulerRules {
  // --host-port-endpoints: a host port 0 is assigned any free port, unless the pod's label overrides it.
  bool wildcard = true;
  // --mesos-framework-roles, and --mesos-default-pod-roles, which is a subset of them.
  std::vector<std::string> framework_roles{"*"};
  std::vector<std::string> default_roles{"*"};
};

// The parts of a pod or pod template that the scheduler evaluates.
struct PodSpec {
  std::vector<DeclaredPort> ports;
  bool host_network = false;
  std::optional<std::string> roles;         // annotation k8s.mesosphere.io/roles
  std::optional<std::string> port_mapping;  // label k8s.mesosphere.io/portMapping
  kube::Symbol node;                        // spec.nodeName; empty: any
  kube::LabelMap selector;                  // spec.nodeSelector
};

// The ports that a pod needs, and where.
struct Demand {
  PortSet fixed;
  // Numbers declared more than once, whatever the protocol: the mapper rejects such a pod.
  std::vector<Port> doubled;
  // Number of declarations that repeat the number of another: how many other ports the pod needs instead.
  std::uint32_t surplus = 0;
  // Number of ports needed in addition to the fixed ones, with any number.
  std::uint32_t wild = 0;
  // Without duplicates, in the order in which the mapper tries them.
  std::vector<std::string> roles;
  kube::Symbol node;
  kube::LabelMap selector;

  bool wants_ports() const { return !fixed.empty() || wild > 0; }
  friend bool operator==(const Demand&, const Demand&) = default;
};

// Computes the demand of a pod. With hostNetwork, a port without host port uses the container port, as the
// API server's defaulting does in pods (since Kubernetes 1.28 not in templates).
Demand DemandOf(const PodSpec& spec, const SchedulerRules& rules);

// Parses the roles of an annotation "fixed, *": trimmed, without empty names, duplicates and roles that the
// framework does not have.
std::vector<std::string> ParseRoles(std::string_view text, std::span<const std::string> framework_roles);

// Hash for containers; valid within this process only.
std::size_t HashOf(const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_DEMAND_H_
