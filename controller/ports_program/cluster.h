// The parts of Pods, Services and Nodes that matter for host ports.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_H_

#include "lib/kube/label_map.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"
#include "lib/ports/demand.h"
#include "lib/ports/snapshot.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {

struct ClusterPod {
  // Name, node and claimed ports. A pod holds its ports while it is bound and has not finished.
  ports::Holder holder;
  kube::LabelMap labels;
  ports::PodSpec spec;
  bool ended = false;  // Succeeded or Failed
  std::optional<kube::Timestamp> created;

  bool bound() const { return !holder.node.empty(); }
  bool pending() const { return !bound() && !ended; }
};

struct Cluster {
  std::vector<ClusterPod> pods;
  // Maps each node port to its Service, "namespace/name".
  std::map<ports::Port, std::string> node_ports;
  // The labels of each Node by name; nullopt if Nodes were not read.
  std::optional<std::map<std::string, kube::LabelMap, std::less<>>> node_labels;
  // What the API server said when it did not permit to list Nodes; empty if it did, or was not asked.
  std::string nodes_refusal;
  // Of the pods and the agents, see ports::Snapshot.
  bool fresh = true;
  bool all_namespaces = true;
};

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_H_
