// The fields of a Pod that affect endpoints and the port space.

#ifndef K8SM_LIB_KUBE_POD_H_
#define K8SM_LIB_KUBE_POD_H_

#include "lib/base/compact_vector.h"
#include "lib/kube/ip_list.h"
#include "lib/kube/label_map.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <cstdint>
#include <string_view>

namespace k8sm::kube {

// A port that a container declares.
struct ContainerPort {
  Symbol container;  // name of the container
  Symbol name;       // may be empty
  Symbol host_ip;    // host address to which the port is bound; empty: all addresses
  std::int32_t container_port = 0;
  std::int32_t host_port = 0;  // 0: not declared
  Protocol protocol = Protocol::kTcp;
  bool sidecar = false;  // declared by an init container
  friend bool operator==(const ContainerPort&, const ContainerPort&) = default;
};

enum class PodPhase : std::uint8_t { kPending, kRunning, kSucceeded, kFailed, kUnknown };

struct Pod {
  // Of the annotations, only those of the port mapping (k8s.mesosphere.io/port…) and kRolesAnnotation are
  // kept.
  ObjectMeta meta;

  Symbol node_name;  // empty: not scheduled
  Symbol hostname;
  Symbol subdomain;
  // The ports of `containers`, then of sidecars (`initContainers` with restartPolicy Always), each in
  // manifest order. Other init containers are omitted, because they end before the pod serves traffic.
  CompactVector<ContainerPort> ports;

  bool host_network = false;
  bool mirror = false;  // mirror pod of a static pod; read only for the port space
  PodPhase phase = PodPhase::kPending;
  // Whether the Ready condition is True; false if there is none.
  bool ready = false;
  // When the Ready condition last changed; nullopt if there is none.
  OptionalTimestamp ready_transition;
  Symbol host_ip;   // status.hostIP
  IpList host_ips;  // status.hostIPs
  IpList pod_ips;   // status.podIPs, or status.podIP alone if the server sets only that

  // Read only for the port space (controller/port_space).
  LabelMap node_selector;
};

// Annotation with the Mesos roles whose resources the pod may use.
inline constexpr std::string_view kRolesAnnotation = "k8s.mesosphere.io/roles";

// Whether two states of a pod are equal in everything that endpoints are computed from. Filters out the
// kubelet's status updates that do not affect endpoints.
bool SameForEndpoints(const Pod& a, const Pod& b);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_POD_H_
