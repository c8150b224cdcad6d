#include "controller/cluster/cluster_cache.h"

#include "lib/client/api_path.h"
#include "lib/endpoints/slice_meta.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

using kube::EndpointSlice;

constexpr std::chrono::minutes kLongestDoubt{2};
constexpr std::chrono::seconds kDoubtPause{1};

// Of slices that others write we only tell that they are there.
void DropForeignEndpoints(EndpointSlice& slice) {
  if (endpoints::IsOurs(slice)) return;
  slice.endpoints = {};
  slice.ports = {};
}

}  // namespace

ClusterCache::ClusterCache(asio::any_io_executor executor, client::ApiClient& client, std::string_view ns,
                           const informer::ReflectorTiming& timing)
    : services_(executor, client, client::kServices, ns, {}, timing),
      pods_(executor, client, client::kPods, ns, {}, timing),
      endpoints_(executor, client, client::kEndpoints, ns, {}, timing),
      slices_(executor, client, client::kEndpointSlices, ns, DropForeignEndpoints, timing),
      nodes_(executor, client, client::kNodes, "", {}, timing),
      services_by_selector_(services_.store()),
      pods_by_label_(pods_.store()),
      pods_by_node_(pods_.store()),
      slices_by_service_(slices_.store()) {}

void ClusterCache::Start(TaskGroup& tasks) {
  tasks.Spawn("informer of services", services_.Run());
  tasks.Spawn("informer of pods", pods_.Run());
  tasks.Spawn("informer of endpoints", endpoints_.Run());
  running_.insert(running_.end(), {&services_.reflector(), &pods_.reflector(), &endpoints_.reflector()});
}

void ClusterCache::StartSlices(TaskGroup& tasks) {
  tasks.Spawn("informer of endpointslices", slices_.Run());
  tasks.Spawn("informer of nodes", nodes_.Run());
  running_.insert(running_.end(), {&slices_.reflector(), &nodes_.reflector()});
}

Awaitable<void> ClusterCache::WaitForSync() {
  for (informer::Reflector* reflector : running_) co_await reflector->WaitForSync();
}

bool ClusterCache::synced() const {
  return std::ranges::all_of(running_, [](const auto* reflector) { return reflector->synced(); });
}

std::optional<Error> ClusterCache::ListError() const {
  for (const informer::Reflector* reflector : running_) {
    if (!reflector->synced() && reflector->last_error()) return reflector->last_error();
  }
  return std::nullopt;
}

std::optional<std::string> ClusterCache::ResourceVersion(std::string_view resource) const {
  const auto found =
      std::ranges::find(running_, resource, [](const auto* reflector) { return reflector->resource(); });
  if (found == running_.end()) return std::nullopt;
  return (*found)->resource_version();
}

std::chrono::milliseconds ClusterCache::Doubt(std::chrono::steady_clock::time_point now) const {
  std::optional<std::chrono::steady_clock::time_point> went_back;
  for (const informer::Reflector* reflector : running_)
    went_back = std::max(went_back, reflector->went_back());
  if (!went_back || now - *went_back > kLongestDoubt) return {};
  const auto knows = [&](const informer::Reflector* reflector) {
    return reflector->confirmed() >= went_back;
  };
  return std::ranges::all_of(running_, knows) ? std::chrono::milliseconds(0) : kDoubtPause;
}

std::vector<CacheState> ClusterCache::States() const {
  std::vector<CacheState> states;
  const auto add = [&](const auto& informer) {
    states.push_back(
        {informer.reflector().resource(), informer.store().size(), informer.reflector().last_heard()});
  };
  add(services_);
  add(pods_);
  add(endpoints_);
  if (std::ranges::find(running_, &slices_.reflector()) == running_.end()) return states;
  add(slices_);
  add(nodes_);
  return states;
}

bool ClusterCache::HeardSince(std::chrono::steady_clock::time_point time) const {
  return std::ranges::any_of(running_, [&](const auto* reflector) { return reflector->last_heard() > time; });
}

}  // namespace k8sm::controller
