#include "test/integration/model/fresh_plan.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_plan.h"
#include "lib/endpoints/subsets.h"
#include "lib/endpoints/verdicts.h"
#include "lib/kube_json/codec.h"

#include <optional>
#include <set>
#include <utility>

namespace k8sm::test {
namespace {

using endpoints::SlicePlan;
using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;

// JSON in canonical order, for comparisons.
std::string Text(Endpoints endpoints) {
  endpoints.subsets = endpoints::Canonical(std::move(endpoints.subsets));
  return kube_json::Encode(endpoints);
}

void AddUnmetEndpoints(const StoredState& state, const controller::Options& options, const Service& service,
                       std::vector<std::string>& unmet) {
  const Endpoints* stored = state.FindEndpoints(service.meta.Key());
  const auto pods = state.PodsOf(service);
  endpoints::EndpointsLimits limits = state.limits;
  limits.annotate_container_ports = options.annotate_container_ports;
  const auto plan = endpoints::PlanEndpoints(endpoints::Judge(service, pods, options.mode, nullptr), limits);
  const auto wanted = endpoints::PlannedWrite(service, plan, stored, std::nullopt);
  if (!wanted) return;
  unmet.push_back("endpoints " + ToString(service.meta.Key()) + " are not as planned\n  stored:  " +
                  (stored != nullptr ? Text(*stored) : "nothing") + "\n  planned: " + Text(*wanted));
}

// Those of other controllers are deleted at the start only.
void AddLeftovers(const StoredState& state, std::vector<std::string>& unmet) {
  for (const auto& [key, endpoints] : state.endpoints) {
    const bool goes = endpoints::IsOurs(endpoints) && endpoints::GoesWithItsService(endpoints);
    if (state.FindService(key) != nullptr || !goes) continue;
    unmet.push_back("endpoints " + ToString(key) + " are left over\n  stored:  " + Text(endpoints));
  }
}

std::string Describe(const SlicePlan& plan) {
  std::string text;
  for (const EndpointSlice& slice : plan.create) text += "\n  to create: " + kube_json::Encode(slice);
  for (const EndpointSlice& slice : plan.update) text += "\n  to update: " + kube_json::Encode(slice);
  for (const EndpointSlice& slice : plan.remove) text += "\n  to delete: " + slice.meta.name;
  return text;
}

// The service may exist only in the labels of slices.
void AddUnmetSlices(const StoredState& state, const controller::Options& options, const ObjectKey& key,
                    std::vector<std::string>& unmet) {
  const Service* service = state.FindService(key);
  const std::vector<const EndpointSlice*> stored = state.SlicesOf(key);
  const endpoints::NodeLookup node_of = [&](const kube::Symbol& name) { return state.FindNode(name); };
  std::vector<const Pod*> pods;
  std::optional<endpoints::Verdicts> verdicts;
  if (service != nullptr && service->SelectsPods()) {
    pods = state.PodsOf(*service);
    verdicts = endpoints::Judge(*service, pods, options.mode, &node_of);
  }
  const SlicePlan plan = endpoints::PlanSlices({.verdicts = verdicts ? &*verdicts : nullptr,
                                                .existing = stored,
                                                .max_endpoints = options.max_endpoints_per_slice});
  const std::string wanted = Describe(plan);
  if (wanted.empty()) return;
  std::string text = "the slices of service " + ToString(key) + " are not as planned";
  for (const EndpointSlice* slice : stored) text += "\n  stored:    " + kube_json::Encode(*slice);
  unmet.push_back(text + wanted);
}

}  // namespace

std::vector<std::string> UnmetPlans(const StoredState& state, const controller::Options& options) {
  std::vector<std::string> unmet;
  std::set<ObjectKey> services;
  for (const auto& [key, service] : state.services) {
    services.insert(key);
    if (service.SelectsPods()) AddUnmetEndpoints(state, options, service, unmet);
  }
  AddLeftovers(state, unmet);
  if (!state.has_slices || options.endpoint_slices == controller::EndpointSlices::kOff) return unmet;
  for (const auto& [key, slice] : state.slices) {
    if (const auto service = kube::ServiceOf(slice)) services.insert(*service);
  }
  for (const ObjectKey& key : services) AddUnmetSlices(state, options, key, unmet);
  return unmet;
}

}  // namespace k8sm::test
