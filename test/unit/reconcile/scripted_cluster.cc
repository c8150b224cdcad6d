#include "test/unit/reconcile/scripted_cluster.h"

#include "lib/async/cancelled.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/endpoints/subsets.h"
#include "test/support/task_failure.h"
#include "test/unit/client/run.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

template <class T>
constexpr const char* kKind = std::is_same_v<T, Endpoints> ? "endpoints" : "slice";

ObjectKey Key(const std::string& name) {
  return {Symbol("default"), Symbol(name)};
}

}  // namespace

ScriptedCluster::ScriptedCluster(ReconcilerOptions options)
    : released_(io_.get_executor()),
      tasks_(io_.get_executor(), test::ThrowTaskFailure),
      reconciler_(
          options,
          {services, services_by_selector, pods_by_label, endpoints, slices_by_service, nodes,
           [this](const ObjectKey& key) { return unreadable_slices.contains(key); },
           [this](ObjectKey key) { return Exists(std::move(key)); }},
          {endpoints_writer_, slices_writer_},
          [this](kube::Event event) { events.push_back(std::move(event)); },
          [this](std::string name, Awaitable<void> task) {
            tasks_.Spawn(std::move(name), std::move(task));
          }) {}

void ScriptedCluster::Put(kube::Service service) {
  service.meta.resource_version = NextVersion();
  services.Apply(std::move(service));
}

void ScriptedCluster::Put(kube::Pod pod) {
  pod.meta.resource_version = NextVersion();
  pods.Apply(std::move(pod));
}

void ScriptedCluster::Put(Endpoints object) {
  object.meta.resource_version = NextVersion();
  if (object.meta.uid.empty()) object.meta.uid = Uid("uid of " + object.meta.name);
  endpoints.Apply(std::move(object));
}

void ScriptedCluster::Put(EndpointSlice slice) {
  slice.meta.resource_version = NextVersion();
  slices.Apply(std::move(slice));
}

void ScriptedCluster::PutNode(const std::string& name) {
  kube::Node node;
  node.meta.name = Symbol(name);
  node.meta.resource_version = NextVersion();
  nodes.Apply(std::move(node));
}

void ScriptedCluster::RemoveService(const std::string& name) {
  services.Remove(Key(name), NextVersion());
}

void ScriptedCluster::RemovePod(const std::string& name) {
  pods.Remove(Key(name), NextVersion());
}

std::optional<Error> ScriptedCluster::Answer(const std::string& request, bool is_told) {
  const auto refusal =
      std::ranges::find_if(refusals_, [&](const Refusal& each) { return request.starts_with(each.request); });
  if (is_told || refusal != refusals_.end()) sent_.push_back(request);
  if (refusal == refusals_.end()) return std::nullopt;
  Error error = refusal->error;
  refusals_.erase(refusal);
  return error;
}

template <class T>
Awaitable<Result<void>> ScriptedCluster::Writer<T>::Settle(ObjectKey service) {
  const char* what = std::is_same_v<T, Endpoints> ? "endpoints" : "slices";
  const auto error = cluster_.Answer(std::string("settle ") + what + " " + service.name, false);
  if (error) co_return *error;
  co_return Result<void>();
}

template <class T>
Awaitable<Result<T>> ScriptedCluster::Writer<T>::Write(T wanted) {
  const bool is_new = wanted.meta.resource_version.empty();
  const std::string name = wanted.meta.name.empty() ? "" : " " + wanted.meta.name;
  const std::string request = std::string(is_new ? "create " : "update ") + kKind<T> + name;
  const auto error = cluster_.Answer(request, true);
  if (error) co_return *error;
  const bool released = co_await cluster_.WhileHeld(request);
  if (!released) co_return Error{.code = Errc::kCanceled};
  if (cluster_.is_dry) co_return wanted;
  if (wanted.meta.name.empty()) wanted.meta.name = Symbol("web-" + std::to_string(++cluster_.names_));
  if constexpr (std::is_same_v<T, EndpointSlice>) wanted.generate_name.clear();
  if (is_new) wanted.meta.uid = Uid("uid of " + wanted.meta.name + cluster_.NextVersion());
  wanted.meta.resource_version = cluster_.NextVersion();
  cluster_.Change(wanted);
  store_.ApplyWrite(wanted);
  co_return wanted;
}

template <class T>
Awaitable<Result<void>> ScriptedCluster::Writer<T>::Delete(T gone) {
  const auto error = cluster_.Answer(std::string("delete ") + kKind<T> + " " + gone.meta.name, true);
  if (error) co_return *error;
  if (cluster_.is_dry) co_return Result<void>();
  store_.RemoveWritten(gone.meta.Key(), gone.meta.uid);
  co_return Result<void>();
}

Awaitable<Result<bool>> ScriptedCluster::Exists(ObjectKey service) {
  const auto error = Answer("find service " + service.name, false);
  if (error) co_return *error;
  on_asked();
  co_return uncached_services.contains(service) || services.Find(service) != nullptr;
}

Result<SyncResult> ScriptedCluster::Sync(const std::string& service) {
  return client::Run(io_, reconciler_.Sync(Key(service)));
}

void ScriptedCluster::Begin(const std::string& service) {
  const auto sync = [](ScriptedCluster& cluster, ObjectKey key) -> Awaitable<void> {
    auto result = co_await cluster.reconciler_.Sync(std::move(key));
    cluster.outcome = std::move(result);
  };
  tasks_.Spawn("sync", sync(*this, Key(service)));
  Turn();
}

void ScriptedCluster::Release() {
  held_.clear();
  released_.Notify();
  Turn();
}

void ScriptedCluster::Cancel() {
  tasks_.Cancel();
  Turn();
}

void ScriptedCluster::Turn() {
  io_.restart();
  io_.poll();
}

Awaitable<bool> ScriptedCluster::WhileHeld(std::string request) {
  while (!held_.empty() && request.starts_with(held_)) {
    co_await released_.Wait();
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) co_return false;
  }
  co_return true;
}

Requests ScriptedCluster::Sent() {
  return std::exchange(sent_, {});
}

std::string ScriptedCluster::EndpointsText(const std::string& service) const {
  const Endpoints* found = endpoints.Find(Key(service));
  if (found == nullptr) return "-";
  std::string text;
  for (const kube::EndpointSubset& subset : endpoints::Canonical(found->subsets)) {
    for (const bool ready : {true, false}) {
      for (const auto& address : ready ? subset.addresses : subset.not_ready_addresses) {
        text += (text.empty() ? "" : " ") + std::string(ready ? "" : "!") + address.target_ref->name + "@" +
                address.ip + ":" + (subset.ports.empty() ? "-" : std::to_string(subset.ports[0].port));
      }
    }
  }
  return text;
}

std::string ScriptedCluster::SlicesText(const std::string& service) const {
  std::vector<std::string> texts;
  for (const EndpointSlice* slice : slices_by_service.SlicesOf(Key(service))) {
    if (!endpoints::IsOurs(*slice)) continue;
    std::string text;
    for (const auto& endpoint : slice->endpoints) {
      text += (text.empty() ? "" : " ") + std::string(endpoint.ready ? "" : "!") + endpoint.target_ref->name +
              "@" + endpoint.address + ":" +
              (slice->ports.empty() ? "-" : std::to_string(slice->ports[0].port));
    }
    texts.push_back("[" + text + "]");
  }
  std::ranges::sort(texts);
  std::string all;
  for (const std::string& text : texts) all += text;
  return all;
}

}  // namespace k8sm::controller
