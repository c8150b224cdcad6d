// A Pod, as far as endpoints depend on it.

#ifndef K8SM_LIB_KUBE_POD_H_
#define K8SM_LIB_KUBE_POD_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace k8sm::kube {

// One port that a container declares.
struct ContainerPort {
  Symbol container;  // the container's name
  Symbol name;       // may be empty
  std::int32_t container_port = 0;
  std::int32_t host_port = 0;  // 0: none declared
  Protocol protocol = Protocol::kTcp;
  Symbol host_ip;  // the one host address that the port is bound to; empty: all of them
  friend bool operator==(const ContainerPort&, const ContainerPort&) = default;
};

enum class PodPhase : std::uint8_t { kPending, kRunning, kSucceeded, kFailed, kUnknown };

struct Pod {
  // Of the annotations only those of the port mapping (k8s.mesosphere.io/port…) are kept.
  ObjectMeta meta;

  Symbol node_name;  // empty: not scheduled
  Symbol hostname;
  Symbol subdomain;
  bool host_network = false;
  // Those of `containers`, then of the `initContainers` that keep running (restartPolicy Always), each in the
  // order of the manifest. Init containers that end are left out: nobody can reach them.
  std::vector<ContainerPort> ports;

  PodPhase phase = PodPhase::kPending;
  // The Ready condition's status; false where there is none.
  bool ready = false;
  // When the Ready condition last changed; nothing where there is no such condition.
  std::optional<Timestamp> ready_transition;
  Symbol host_ip;                // status.hostIP
  std::vector<Symbol> host_ips;  // status.hostIPs
  std::vector<Symbol> pod_ips;   // status.podIPs, or status.podIP alone where a server has only that
};

// Whether two states of a pod are equal in all that endpoints depend on: everything above but the resource
// version. A kubelet's heartbeats change nothing else.
bool SameForEndpoints(const Pod& a, const Pod& b);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_POD_H_
