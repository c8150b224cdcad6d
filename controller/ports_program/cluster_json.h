// Lists of Pods, Services and Nodes as JSON, saved or as the API server sends them.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_

#include "controller/ports_program/cluster.h"
#include "lib/base/error.h"
#include "lib/kube_json/framer.h"

#include <string>
#include <string_view>

namespace k8sm::ports_program {

// Reads one list and adds what is in it to a cluster: a PodList, ServiceList or NodeList, or a List of all
// three, as `kubectl get pods,services,nodes --all-namespaces --output json` prints it. Other kinds are
// skipped. Push() the bytes, cut anywhere, then Finish().
class ClusterReader {
 public:
  // `item_kind` is the kind of items that do not say theirs: "Pod", "Service" or "Node"; empty: the list's
  // own kind tells. The cluster has to outlive the reader.
  ClusterReader(std::string item_kind, Cluster& cluster);

  // kMalformed: no JSON list, or an object in it that cannot be read, which is named.
  Result<void> Push(std::string_view bytes);
  Result<void> Finish();
  // For the next page; empty: this was the last, or the list does not say. After Finish().
  std::string continue_token() const;

 private:
  Result<void> Add(std::string_view json);

  std::string item_kind_;
  Cluster& cluster_;
  kube_json::ListFramer framer_;
};

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_
