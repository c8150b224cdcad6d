// The cached cluster state that endpoints are computed from: five informers and their indexes.

#ifndef K8SM_CONTROLLER_CLUSTER_CLUSTER_CACHE_H_
#define K8SM_CONTROLLER_CLUSTER_CLUSTER_CACHE_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/informer/informer.h"
#include "lib/informer/label_index.h"
#include "lib/informer/node_index.h"
#include "lib/informer/reflector.h"
#include "lib/informer/selector_index.h"
#include "lib/informer/slice_index.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// State of one informer's cache, for /metrics and /readyz.
struct CacheState {
  std::string_view resource;  // "pods"
  std::size_t objects = 0;
  // When the API server last sent data for this resource or opened a watch; nullopt if it never did.
  std::optional<std::chrono::steady_clock::time_point> last_heard;
};

// An informer that has not synced yet, or whose lists and watches are refused.
struct WaitingInformer {
  std::string_view resource;   // "pods"
  std::optional<Error> error;  // of its last list; nullopt while the list is in progress
  std::string permission;      // for kForbidden: "grant list, watch on pods"
  // When the API server last sent data for it; nullopt if it never did.
  std::optional<std::chrono::steady_clock::time_point> last_heard;
};

// Returns the informers and their errors in one line, e.g. "nodes (forbidden: grant list, watch on nodes),
// endpointslices". Empty if `waiting` is empty.
std::string ToString(const std::vector<WaitingInformer>& waiting);

// Owns the informers, their stores and the indexes over them. The stores are empty until the informers are
// started, and each store is safe to plan from once synced() or slices_synced() is true. `client` must
// outlive the cache.
class ClusterCache {
 public:
  // Watches namespace `ns`, or all namespaces if `ns` is empty. Nodes are cluster-scoped and always watched
  // for the whole cluster. Sends nothing before Start().
  ClusterCache(asio::any_io_executor executor, client::ApiClient& client, std::string_view ns,
               const informer::ReflectorTiming& timing = {});

  // Starts the informers of Services, Pods and Endpoints as tasks of `tasks`. Call once.
  void Start(TaskGroup& tasks, const informer::ReadOptions& options);
  // Starts the informers of EndpointSlices and Nodes. Their stores stay empty without it. Call at most once.
  void StartSlices(TaskGroup& tasks, const informer::ReadOptions& options);
  // Starts the informer of Nodes alone, which then counts for nothing below but nodes_synced(),
  // NodesAreCurrent(), NodesFollowed(), NodesTrouble() and States(): nothing that is written depends on it.
  // Call instead of StartSlices().
  void StartNodes(TaskGroup& tasks, const informer::ReadOptions& options);
  // Keeps the labels of Nodes, which are dropped otherwise. Call before the informers are started.
  void KeepNodeLabels() { keeps_node_labels_ = true; }

  // Return when the informers started by Start(), or by StartSlices(), or that of Nodes, have synced. They
  // have no deadline; the caller cancels them.
  Awaitable<void> WaitForSync();
  Awaitable<void> WaitForSlices();
  Awaitable<void> WaitForNodes();
  // Whether those informers have all synced.
  bool synced() const;
  bool slices_synced() const;
  bool nodes_synced() const { return nodes_.reflector().synced(); }
  // Whether the cache of Nodes has synced, is not being listed again, can be read without an error, and has
  // heard from the API server in the last minute. Otherwise a node that is not in it may exist.
  bool NodesAreCurrent(std::chrono::steady_clock::time_point now) const;
  // When the cache of Nodes was last known to follow the API server (Reflector::last_followed()); nullopt
  // unless NodesAreCurrent(now). What has happened to nodes before that time is in the cache a few seconds
  // after it at the latest.
  std::optional<std::chrono::steady_clock::time_point> NodesFollowed(
      std::chrono::steady_clock::time_point now) const;
  // Returns why the cache of Nodes cannot be relied on: "forbidden: grant list, watch on nodes", "not listed
  // yet", "being listed again", "nothing has been received for a minute"; nullopt if NodesAreCurrent(now).
  std::optional<std::string> NodesTrouble(std::chrono::steady_clock::time_point now) const;
  // Returns the informers that have not synced, whether or not they have been started.
  std::vector<WaitingInformer> Waiting() const;
  std::vector<WaitingInformer> WaitingForSlices() const;

  // Returns the informers that have synced, and whose lists or watches the API server now refuses with 401 or
  // 403. Their caches are outdated. Not Nodes after StartNodes(): a process is ready without them.
  std::vector<WaitingInformer> Refused() const;

  // Whether an object that the controller would write exists but cannot be decoded, so its contents are
  // unknown: the service's Endpoints, or a slice that this controller manages and whose service-name label,
  // as far as it can be read, names the service.
  bool HasUnreadableEndpoints(const kube::ObjectKey& service) const {
    return endpoints().IsUnreadable(service);
  }
  bool HasUnreadableSlices(const kube::ObjectKey& service) const {
    return unreadable_slices_.contains(service);
  }
  // The number of Services, Pods and Endpoints whose latest version could not be decoded, and of services
  // with such slices of ours.
  std::size_t unreadable() const {
    return services().unreadable() + pods().unreadable() + endpoints().unreadable() +
           unreadable_slices_.size();
  }

  // When an informer last saw the API server return to an older state; nullopt if none did.
  std::optional<std::chrono::steady_clock::time_point> WentBack() const;

  // Returns after which time to ask again whether writing is safe; 0 if it is. After one informer has seen
  // the server return to an older state, e.g. restored from a backup, the other caches may still hold the
  // previous state. Caches that belong to different server states must not be planned from together, so
  // writes are paused until every running informer has confirmed its state, which this call requests; for at
  // most two minutes.
  std::chrono::milliseconds WritePause(std::chrono::steady_clock::time_point now);

  // Returns the state of each cache that is in use: Services, Pods and Endpoints, and after StartSlices()
  // also EndpointSlices and Nodes; after StartNodes() also Nodes, once they have synced.
  std::vector<CacheState> States() const;

  // Returns the resource version that the cache of `resource` ("pods") has reached. Empty if the resource has
  // not been listed yet; nullopt if it is not watched.
  std::optional<std::string> ResourceVersion(std::string_view resource) const;

  // The stores. A pointer into a store is valid until the loop runs again, since any event may change it.
  informer::Store<kube::Service>& services() { return services_.store(); }
  informer::Store<kube::Pod>& pods() { return pods_.store(); }
  informer::Store<kube::Endpoints>& endpoints() { return endpoints_.store(); }
  // Slices of other managers are stored without their endpoints and ports.
  informer::Store<kube::EndpointSlice>& slices() { return slices_.store(); }
  informer::Store<kube::Node>& nodes() { return nodes_.store(); }

  const informer::Store<kube::Service>& services() const { return services_.store(); }
  const informer::Store<kube::Pod>& pods() const { return pods_.store(); }
  const informer::Store<kube::Endpoints>& endpoints() const { return endpoints_.store(); }
  const informer::Store<kube::EndpointSlice>& slices() const { return slices_.store(); }
  const informer::Store<kube::Node>& nodes() const { return nodes_.store(); }

  // The indexes, which are kept in sync with the stores: services whose selector matches a pod, pods that
  // match a selector, pods on a node, and slices whose label names a service.
  const informer::SelectorIndex& services_by_selector() const { return services_by_selector_; }
  const informer::LabelIndex& pods_by_label() const { return pods_by_label_; }
  const informer::NodeIndex& pods_by_node() const { return pods_by_node_; }
  const informer::SliceIndex& slices_by_service() const { return slices_by_service_; }

 private:
  bool keeps_node_labels_ = false;
  informer::Informer<kube::Service> services_;
  informer::Informer<kube::Pod> pods_;
  informer::Informer<kube::Endpoints> endpoints_;
  informer::Informer<kube::EndpointSlice> slices_;
  informer::Informer<kube::Node> nodes_;
  informer::SelectorIndex services_by_selector_;
  informer::LabelIndex pods_by_label_;
  informer::NodeIndex pods_by_node_;
  informer::SliceIndex slices_by_service_;
  // Non-owning pointers to the reflectors of the informers above. core_ holds Services, Pods and Endpoints;
  // for_slices_ holds EndpointSlices and Nodes; running_ holds those that were started.
  using Reflectors = std::vector<informer::Reflector*>;
  static WaitingInformer StateOf(const informer::Reflector& reflector);
  static std::vector<WaitingInformer> WaitingOf(const Reflectors& reflectors);
  void OnUnreadableSlice(const kube::ObjectMeta& slice, bool unreadable);

  const Reflectors core_;
  const Reflectors for_slices_;
  Reflectors running_;
  bool runs_nodes_alone_ = false;
  // The number of slices per service that this controller manages and that cannot be decoded. Never 0.
  std::unordered_map<kube::ObjectKey, std::size_t, kube::ObjectKeyHash> unreadable_slices_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_CLUSTER_CACHE_H_
