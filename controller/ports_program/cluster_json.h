// Reads JSON lists of Pods, Services and Nodes, from files or the API server.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_

#include "controller/ports_program/cluster.h"
#include "lib/base/error.h"
#include "lib/kube_json/framer.h"

#include <string>
#include <string_view>

namespace k8sm::ports_program {

// Decodes one list and adds its items to a cluster: a PodList, ServiceList or NodeList, or a List of all
// three as printed by `kubectl get pods,services,nodes --all-namespaces --output json`. Other kinds are
// skipped. Call Push() with pieces of any size, then Finish().
class ClusterReader {
 public:
  // `item_kind` is the kind of items without one: "Pod", "Service" or "Node"; empty: derived from the list's
  // kind. `cluster` must outlive the reader.
  ClusterReader(std::string item_kind, Cluster& cluster);

  // Errors: kMalformed, naming the object, for input that is not a JSON list or an item that cannot be
  // decoded.
  Result<void> Push(std::string_view bytes);
  Result<void> Finish();
  // The token of the next page of a list from the API server; empty for the last page. REQUIRES: Finish()
  // succeeded. kMalformed if the list's metadata cannot be read or names no version, so that more pages may
  // follow; a file may be such a list.
  Result<std::string> continue_token() const;

 private:
  Result<void> Add(std::string_view json);

  std::string item_kind_;
  Cluster& cluster_;
  kube_json::ListFramer framer_;
};

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_CLUSTER_JSON_H_
