// What is known of agents, and of the pods that hold ports on them, at one time.

#ifndef K8SM_LIB_PORTS_SNAPSHOT_H_
#define K8SM_LIB_PORTS_SNAPSHOT_H_

#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/ports/port_set.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports {

struct Agent {
  std::string id;     // of Mesos
  kube::Symbol name;  // the hostname, which is the Node's name
  // The Node's labels; empty where there is no Node, so that no selector matches.
  kube::LabelMap labels;
  // False: Mesos makes no offers for it (disconnected, deactivated, draining).
  bool active = true;
  // The ports of each role; "*" are those that are not reserved.
  std::vector<std::pair<std::string, PortSet>> offered;
  // Ports that tasks or executors of any framework have.
  PortSet used;
  // False: the master does not report `used` (Mesos 0.22 and earlier).
  bool used_known = true;
};

// A host port of a pod.
struct Claim {
  Port port = 0;
  kube::Protocol protocol = kube::Protocol::kTcp;
  kube::Symbol host_ip;  // empty: all addresses
  // Whether k8sm takes the port from an offer: not that of an init container or sidecar.
  bool counted = true;
};

// A pod that is bound to a node and has not ended.
struct Holder {
  kube::Symbol ns;
  kube::Symbol name;
  kube::Symbol uid;
  kube::Symbol node;
  bool leaving = false;  // Terminating: it holds its ports until the object is gone
  bool mirror = false;   // the mirror of a static pod
  std::vector<Claim> claims;
};

// "namespace/name"
std::string NameOf(const Holder& holder);

struct Snapshot {
  std::vector<Agent> agents;
  std::vector<Holder> holders;
  PortSet node_ports;  // of Services
  // Whether the agents are all there are: a whole answer of the leading master, with nobody still to
  // register.
  bool complete = true;
  // Whether agents and pods are as of now.
  bool fresh = true;
};

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SNAPSHOT_H_
