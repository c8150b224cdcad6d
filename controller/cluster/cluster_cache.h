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
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// How a cache is doing.
struct CacheState {
  std::string_view resource;  // "pods"
  std::size_t objects = 0;
  // When the API server last sent something of it; nothing: never.
  std::optional<std::chrono::steady_clock::time_point> last_heard;
};

// The informers and their indexes. The client has to outlive it.
class ClusterCache {
 public:
  // Of all namespaces where `ns` is empty; nodes always of the whole cluster.
  ClusterCache(asio::any_io_executor executor, client::ApiClient& client, std::string_view ns,
               const informer::ReflectorTiming& timing = {});

  // Starts the informers of services, pods and Endpoints.
  void Start(TaskGroup& tasks);
  // Starts those of EndpointSlices and nodes too; until then the two are empty.
  void StartSlices(TaskGroup& tasks);

  // Of the informers that were started.
  Awaitable<void> WaitForSync();
  bool synced() const;
  // Why a list that has not come to its end yet fails at present.
  std::optional<Error> ListError() const;
  bool HeardSince(std::chrono::steady_clock::time_point time) const;

  // How long to leave the API server's objects alone; 0: they may be written. One cache that finds the server
  // gone back, to an older state or another server's, knows more than the others, which still hold what was
  // there before: together they would make a plan for neither. Until the others have found out too, which
  // takes them a minute at the most, nothing should be written; after two it is nevertheless.
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
  std::vector<informer::Reflector*> running_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_CLUSTER_CACHE_H_
