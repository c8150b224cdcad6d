#include "lib/endpoints/slice_hints.h"

#include <string>

namespace k8sm::endpoints {

HintScope HintScopeOf(const kube::Service& service) {
  const std::string_view wanted = service.traffic_distribution.get();
  if (wanted == "PreferClose" || wanted == "PreferSameZone") return HintScope::kZone;
  if (wanted == "PreferSameNode") return HintScope::kZoneAndNode;
  return HintScope::kNone;
}

void SetHints(HintScope scope, kube::SliceEndpoint& endpoint) {
  const bool is_hinted = endpoint.ready && scope != HintScope::kNone;
  endpoint.zone_hint = is_hinted ? endpoint.zone : kube::Symbol();
  endpoint.node_hint = is_hinted && scope == HintScope::kZoneAndNode ? endpoint.node_name : kube::Symbol();
}

}  // namespace k8sm::endpoints
