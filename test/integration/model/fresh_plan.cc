#include "test/integration/model/fresh_plan.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/subsets.h"
#include "lib/kube_json/codec.h"

#include <optional>

namespace k8sm::test {
namespace {

using kube::Endpoints;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;

// The same order of everything on both sides.
std::string Text(Endpoints endpoints) {
  endpoints.subsets = endpoints::Canonical(std::move(endpoints.subsets));
  return kube_json::Encode(endpoints);
}

const Endpoints* EndpointsOf(const StoredState& state, const ObjectKey& key) {
  const auto found = state.endpoints.find(key);
  return found == state.endpoints.end() ? nullptr : &found->second;
}

std::optional<std::string> UnmetEndpointsPlan(const StoredState& state, const Service& service,
                                              const PlanOptions& options) {
  const Endpoints* stored = EndpointsOf(state, service.meta.Key());
  const auto plan = endpoints::PlanEndpoints(service, state.PodsOf(service), options.mode);
  const auto wanted = endpoints::PlannedWrite(service, plan, stored, std::nullopt);
  if (!wanted) return std::nullopt;
  return "endpoints " + ToString(service.meta.Key()) +
         " are not as planned\n  stored:  " + (stored ? Text(*stored) : "nothing") +
         "\n  planned: " + Text(*wanted);
}

}  // namespace

std::vector<std::string> UnmetPlans(const StoredState& state, const PlanOptions& options) {
  std::vector<std::string> unmet;
  for (const auto& [key, service] : state.services) {
    if (!service.SelectsPods()) continue;
    if (auto difference = UnmetEndpointsPlan(state, service, options))
      unmet.push_back(*std::move(difference));
  }
  for (const auto& [key, endpoints] : state.endpoints) {
    if (state.services.contains(key) || !endpoints::IsLeftover(endpoints)) continue;
    unmet.push_back("endpoints " + ToString(key) + " are left over\n  stored:  " + Text(endpoints));
  }
  return unmet;
}

}  // namespace k8sm::test
