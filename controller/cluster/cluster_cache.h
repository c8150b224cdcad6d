// What the API server holds, as far as endpoints depend on it.

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
  // When the API server last sent something of it, or opened a watch; nothing: never.
  std::optional<std::chrono::steady_clock::time_point> last_heard;
};

// An informer that has not synced yet.
struct WaitingInformer {
  std::string_view resource;   // "pods"
  std::optional<Error> error;  // why its last list was refused or failed; nothing: it is under way
  std::string permission;      // what to grant where the error is kForbidden: "grant list, watch on pods"
};

// "nodes (forbidden: grant list, watch on nodes), endpointslices"; empty where there are none.
std::string ToString(const std::vector<WaitingInformer>& waiting);

// The informers and their indexes. The client has to outlive it.
class ClusterCache {
 public:
  // Of all namespaces where `ns` is empty; nodes always of the whole cluster.
  ClusterCache(asio::any_io_executor executor, client::ApiClient& client, std::string_view ns,
               const informer::ReflectorTiming& timing = {});

  // Starts the informers of services, pods and Endpoints. `streams_lists`: Reflector::Run.
  void Start(TaskGroup& tasks, bool streams_lists);
  // Starts those of EndpointSlices and nodes too; until then the two are empty.
  void StartSlices(TaskGroup& tasks, bool streams_lists);

  // Return once the informers that Start() starts, or StartSlices(), have synced.
  Awaitable<void> WaitForSync();
  Awaitable<void> WaitForSlices();
  bool synced() const;
  bool slices_synced() const;
  // Those of them that have not synced, started or not.
  std::vector<WaitingInformer> Waiting() const;
  std::vector<WaitingInformer> WaitingForSlices() const;

  // Whether the API server has sent something to any of them since.
  bool HeardSince(std::chrono::steady_clock::time_point time) const;

  // Whether an object exists that we would write and that can't be read at present, so that nothing is known
  // of what it holds: the service's Endpoints, or a slice that is ours and names the service as far as its
  // labels can be read.
  bool HasUnreadableEndpoints(const kube::ObjectKey& service) const {
    return endpoints().IsUnreadable(service);
  }
  bool HasUnreadableSlices(const kube::ObjectKey& service) const {
    return unreadable_slices_.contains(service);
  }

  // How long to write nothing; 0: writing is safe. Once one cache has found that the server went back (to an
  // older state, or another server's), the others still hold what was there before, for a minute at the most.
  // Caches that belong to different server states must not be planned from together, so nothing should be
  // written until all that run have caught up, or two minutes have passed.
  std::chrono::milliseconds Doubt(std::chrono::steady_clock::time_point now) const;

  // Of the caches that are in use; services, pods and Endpoints always are.
  std::vector<CacheState> States() const;

  // The version up to which what is cached of that resource ("pods") is true; empty where it has not been
  // listed yet, nothing where it is not watched.
  std::optional<std::string> ResourceVersion(std::string_view resource) const;

  informer::Store<kube::Service>& services() { return services_.store(); }
  informer::Store<kube::Pod>& pods() { return pods_.store(); }
  informer::Store<kube::Endpoints>& endpoints() { return endpoints_.store(); }
  // Ours, and of others what names them: their endpoints and ports are not kept.
  informer::Store<kube::EndpointSlice>& slices() { return slices_.store(); }
  informer::Store<kube::Node>& nodes() { return nodes_.store(); }

  const informer::Store<kube::Service>& services() const { return services_.store(); }
  const informer::Store<kube::Pod>& pods() const { return pods_.store(); }
  const informer::Store<kube::Endpoints>& endpoints() const { return endpoints_.store(); }
  const informer::Store<kube::EndpointSlice>& slices() const { return slices_.store(); }
  const informer::Store<kube::Node>& nodes() const { return nodes_.store(); }

  const informer::SelectorIndex& services_by_selector() const { return services_by_selector_; }
  const informer::LabelIndex& pods_by_label() const { return pods_by_label_; }
  const informer::NodeIndex& pods_by_node() const { return pods_by_node_; }
  const informer::SliceIndex& slices_by_service() const { return slices_by_service_; }

 private:
  informer::Informer<kube::Service> services_;
  informer::Informer<kube::Pod> pods_;
  informer::Informer<kube::Endpoints> endpoints_;
  informer::Informer<kube::EndpointSlice> slices_;
  informer::Informer<kube::Node> nodes_;
  informer::SelectorIndex services_by_selector_;
  informer::LabelIndex pods_by_label_;
  informer::NodeIndex pods_by_node_;
  informer::SliceIndex slices_by_service_;
  // Services, pods, Endpoints; and EndpointSlices, nodes.
  using Reflectors = std::vector<informer::Reflector*>;
  static std::vector<WaitingInformer> WaitingOf(const Reflectors& reflectors);
  void OnUnreadableSlice(const kube::ObjectMeta& slice, bool unreadable);

  const Reflectors core_;
  const Reflectors for_slices_;
  Reflectors running_;
  // How many of a service's slices, ours, can't be read; none of them 0.
  std::unordered_map<kube::ObjectKey, std::size_t, kube::ObjectKeyHash> unreadable_slices_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_CLUSTER_CACHE_H_
