#include "controller/cluster/cluster_cache.h"

#include "lib/client/api_path.h"
#include "lib/endpoints/slice_meta.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

using informer::Reflector;
using kube::EndpointSlice;

constexpr std::chrono::minutes kLongestWritePause{2};
constexpr std::chrono::milliseconds kAskAgain{200};
// Twice the time that a watch may be silent before it is opened again.
constexpr std::chrono::minutes kLongestSilence{1};

// Only the existence of slices from other managers matters; dropping the rest saves memory.
void DropForeignEndpoints(EndpointSlice& slice) {
  if (endpoints::IsOurs(slice)) return;
  slice.endpoints = {};
  slice.ports = {};
}

std::string Describe(const Error& error, const std::string& permission) {
  return error.code == Errc::kForbidden ? "forbidden: " + permission : ToString(error);
}

}  // namespace

ClusterCache::ClusterCache(asio::any_io_executor executor, client::ApiClient& client, std::string_view ns,
                           const informer::ReflectorTiming& timing)
    : services_(executor, client, client::kServices, ns, {}, timing),
      pods_(
          executor, client, client::kPods, ns, [this](kube::Pod& pod) { pods_by_label_.ShareMemory(pod); },
          timing),
      endpoints_(executor, client, client::kEndpoints, ns, {}, timing),
      slices_(executor, client, client::kEndpointSlices, ns, DropForeignEndpoints, timing),
      nodes_(
          executor, client, client::kNodes, "",
          [this](kube::Node& node) {
            if (!keeps_node_labels_) node.meta.labels = {};
          },
          timing),
      services_by_selector_(services_.store()),
      pods_by_label_(pods_.store()),
      pods_by_node_(pods_.store()),
      slices_by_service_(slices_.store()),
      core_{&services_.reflector(), &pods_.reflector(), &endpoints_.reflector()},
      for_slices_{&slices_.reflector(), &nodes_.reflector()} {
  slices_.store().AddUnreadableListener(
      [this](const kube::ObjectMeta& slice, bool unreadable) { OnUnreadableSlice(slice, unreadable); });
}

void ClusterCache::Start(TaskGroup& tasks, const informer::ReadOptions& options) {
  tasks.Spawn("informer of services", services_.Run(options));
  tasks.Spawn("informer of pods", pods_.Run(options));
  tasks.Spawn("informer of endpoints", endpoints_.Run(options));
  running_.insert(running_.end(), core_.begin(), core_.end());
}

void ClusterCache::StartSlices(TaskGroup& tasks, const informer::ReadOptions& options) {
  tasks.Spawn("informer of endpointslices", slices_.Run(options));
  tasks.Spawn("informer of nodes", nodes_.Run(options));
  running_.insert(running_.end(), for_slices_.begin(), for_slices_.end());
}

// Not added to running_: nodes must neither pause writes nor fail readiness where only reports need them.
void ClusterCache::StartNodes(TaskGroup& tasks, const informer::ReadOptions& options) {
  tasks.Spawn("informer of nodes", nodes_.Run(options));
  runs_nodes_alone_ = true;
}

Awaitable<void> ClusterCache::WaitForSync() {
  for (informer::Reflector* reflector : core_) co_await reflector->WaitForSync();
}

Awaitable<void> ClusterCache::WaitForSlices() {
  for (informer::Reflector* reflector : for_slices_) co_await reflector->WaitForSync();
}

Awaitable<void> ClusterCache::WaitForNodes() {
  co_await nodes_.reflector().WaitForSync();
}

bool ClusterCache::synced() const {
  return std::ranges::all_of(core_, &Reflector::synced);
}

bool ClusterCache::slices_synced() const {
  return std::ranges::all_of(for_slices_, &Reflector::synced);
}

bool ClusterCache::NodesAreCurrent(std::chrono::steady_clock::time_point now) const {
  const Reflector& nodes = nodes_.reflector();
  const auto heard = nodes.last_heard();
  return nodes.last_followed() && !nodes.last_error() && heard && now - *heard < kLongestSilence;
}

std::optional<std::chrono::steady_clock::time_point> ClusterCache::NodesFollowed(
    std::chrono::steady_clock::time_point now) const {
  return NodesAreCurrent(now) ? nodes_.reflector().last_followed() : std::nullopt;
}

std::optional<std::string> ClusterCache::NodesTrouble(std::chrono::steady_clock::time_point now) const {
  if (NodesAreCurrent(now)) return std::nullopt;
  const Reflector& nodes = nodes_.reflector();
  if (const auto& error = nodes.last_error()) return Describe(*error, nodes.MissingPermission());
  // They are watched unless the permission was missing at start.
  const bool is_watched = runs_nodes_alone_ || std::ranges::find(running_, &nodes) != running_.end();
  if (!is_watched) return "not watched: " + nodes.MissingPermission() + ", and restart";
  if (!nodes.synced()) return "not listed yet";
  return nodes.last_followed() ? "nothing has been received for a minute" : "being listed again";
}

std::vector<WaitingInformer> ClusterCache::Waiting() const {
  return WaitingOf(core_);
}

std::vector<WaitingInformer> ClusterCache::WaitingForSlices() const {
  return WaitingOf(for_slices_);
}

WaitingInformer ClusterCache::StateOf(const Reflector& reflector) {
  return {reflector.resource(), reflector.last_error(), reflector.MissingPermission(),
          reflector.last_heard()};
}

std::vector<WaitingInformer> ClusterCache::WaitingOf(const Reflectors& reflectors) {
  std::vector<WaitingInformer> waiting;
  for (const Reflector* reflector : reflectors) {
    if (!reflector->synced()) waiting.push_back(StateOf(*reflector));
  }
  return waiting;
}

std::vector<WaitingInformer> ClusterCache::Refused() const {
  std::vector<WaitingInformer> refused;
  for (const Reflector* reflector : running_) {
    const auto& error = reflector->last_error();
    const bool is_refused = error && (error->code == Errc::kForbidden || error->code == Errc::kUnauthorized);
    if (reflector->synced() && is_refused) refused.push_back(StateOf(*reflector));
  }
  return refused;
}

std::string ToString(const std::vector<WaitingInformer>& waiting) {
  std::string text;
  for (const WaitingInformer& informer : waiting) {
    text.append(text.empty() ? "" : ", ").append(informer.resource);
    if (!informer.error) continue;
    text += " (";
    text += Describe(*informer.error, informer.permission);
    text += ")";
  }
  return text;
}

void ClusterCache::OnUnreadableSlice(const kube::ObjectMeta& meta, bool unreadable) {
  EndpointSlice slice;
  slice.meta = meta;
  const auto service = kube::ServiceOf(slice);
  if (!service || !endpoints::IsOurs(slice)) return;
  std::size_t& count = unreadable_slices_[*service];
  count += unreadable ? 1 : -1;
  if (count == 0) unreadable_slices_.erase(*service);
}

std::optional<std::string> ClusterCache::ResourceVersion(std::string_view resource) const {
  const auto found =
      std::ranges::find(running_, resource, [](const auto* reflector) { return reflector->resource(); });
  if (found == running_.end()) return std::nullopt;
  return (*found)->resource_version();
}

std::optional<std::chrono::steady_clock::time_point> ClusterCache::WentBack() const {
  std::optional<std::chrono::steady_clock::time_point> went_back;
  for (const Reflector* reflector : running_) went_back = std::max(went_back, reflector->went_back());
  return went_back;
}

std::chrono::milliseconds ClusterCache::WritePause(std::chrono::steady_clock::time_point now) {
  const auto went_back = WentBack();
  if (!went_back || now - *went_back > kLongestWritePause) return {};
  std::chrono::milliseconds pause{0};
  for (Reflector* reflector : running_) {
    // Nothing is written by a cache that was never listed, and it holds nothing of the former state.
    if (!reflector->synced() || reflector->confirmed() >= went_back) continue;
    reflector->Confirm();
    pause = kAskAgain;
  }
  return pause;
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
  // The permission to read nodes may be missing from the start, which is no reason for an alert.
  if (runs_nodes_alone_ && nodes_synced()) add(nodes_);
  if (std::ranges::find(running_, &slices_.reflector()) == running_.end()) return states;
  add(slices_);
  add(nodes_);
  return states;
}

}  // namespace k8sm::controller
