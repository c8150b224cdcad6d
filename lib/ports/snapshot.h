// Agents, and the pods that hold ports on them, at one point in time.

#ifndef K8SM_LIB_PORTS_SNAPSHOT_H_
#define K8SM_LIB_PORTS_SNAPSHOT_H_

#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"
#include "lib/ports/port_set.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports {

using AgentIndex = std::uint32_t;
using HolderIndex = std::uint32_t;

// Where the labels of an agent come from.
enum class LabelSource : std::uint8_t {
  kNode,    // its Node
  kNoNode,  // it has no Node yet: those that k8sm derives from the agent and will set on it
  kAgent,   // Nodes are not known: those that k8sm derives from the agent; its Node may have more
};

// A Mesos agent.
struct Agent {
  std::string id;     // Mesos' agent ID
  kube::Symbol name;  // the hostname, which is also the Node's name
  kube::LabelMap labels;
  LabelSource labels_from = LabelSource::kNode;
  // False if Mesos makes no offers for it (disconnected, deactivated, draining).
  bool active = true;
  // The ports of each role; "*" are the unreserved ones.
  std::vector<std::pair<std::string, PortSet>> offered;
  // Ports used by tasks or executors of any framework.
  PortSet used;
  // False if the master does not report `used` (Mesos 0.22 and earlier).
  bool used_known = true;

  friend bool operator==(const Agent&, const Agent&) = default;
};

// A host port of a pod.
struct Claim {
  kube::Symbol host_ip = {};  // empty: all addresses
  Port port = 0;
  kube::Protocol protocol = kube::Protocol::kTcp;
  // Whether k8sm takes the port from an offer; false for init containers and sidecars.
  bool counted = true;
};

// A pod that is bound to a node and has not ended.
struct Holder {
  kube::Symbol ns;
  kube::Symbol name;
  kube::Uid uid;
  kube::Symbol node;
  bool leaving = false;  // Terminating; it holds its ports until the object is deleted
  bool mirror = false;   // mirror pod of a static pod
  std::vector<Claim> claims;
};

// "namespace/name"
std::string NameOf(const Holder& holder);

// The input of all computations in this library.
struct Snapshot {
  std::vector<Agent> agents;
  std::vector<Holder> holders;
  PortSet node_ports;  // node ports of Services
  // Whether the list of agents is complete: a whole response of the leading master, with no agent still to
  // reregister.
  bool complete = true;
  // Whether agents and pods are up to date.
  bool fresh = true;
  // Whether the holders are those of all namespaces.
  bool all_namespaces = true;
};

using SharedAgent = std::shared_ptr<const Agent>;
using SharedHolder = std::shared_ptr<const Holder>;

// The same as a Snapshot, made of parts that the snapshots of a large cluster share.
struct SharedSnapshot {
  std::vector<SharedAgent> agents;
  std::vector<SharedHolder> holders;
  PortSet node_ports;
  bool complete = true;
  bool fresh = true;
  bool all_namespaces = true;
};

SharedSnapshot Share(Snapshot snapshot);

// Returns the agents ordered by name, then ID. Those that are equal to one of `before`, which has this order,
// are shared with it.
std::vector<SharedAgent> ShareAgents(std::vector<Agent> agents, std::span<const SharedAgent> before = {});

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SNAPSHOT_H_
