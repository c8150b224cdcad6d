#include "lib/kube_json/decode.h"

#include <utility>

namespace k8sm::kube_json {
namespace {

// Reads the only string of a list. Sets `exact` to false if there is not exactly one.
kube::Symbol ReadAddress(const Field& list, bool& exact) {
  kube::Symbol address;
  std::size_t count = 0;
  list.ForEach([&](const Field& field) {
    kube::Symbol each = field.Symbol();
    if (count++ == 0) address = std::move(each);
  });
  exact = exact && count == 1;
  return address;
}

// Reads the name in a list [{"name":"zone-a"}]. Sets `exact` to false if there is more than one name.
kube::Symbol ReadHint(const Field& list, bool& exact) {
  kube::Symbol hint;
  list.ForEach([&](const Field& field) {
    kube::Symbol name = field.Member("name").Symbol();
    exact = exact && hint.get().empty() && !name.get().empty() && HasOnly({"name"}, field);
    if (hint.get().empty()) hint = std::move(name);
  });
  return hint;
}

bool ReadCondition(const Field& field, bool& exact) {
  exact = exact && field.present();
  return field.Bool();
}

kube::SliceEndpoint ReadEndpoint(const Field& field) {
  const Field conditions = field.Member("conditions");
  const Field hints = field.Member("hints");
  const Field target_ref = field.Member("targetRef");
  kube::SliceEndpoint endpoint;
  bool& exact = endpoint.exact;
  exact = HasOnly({"addresses", "conditions", "hints", "hostname", "nodeName", "targetRef", "zone"}, field) &&
          HasOnly({"ready", "serving", "terminating"}, conditions) &&
          HasOnly({"forNodes", "forZones"}, hints) &&
          HasOnly({"kind", "name", "namespace", "uid"}, target_ref);
  endpoint.address = ReadAddress(field.Member("addresses"), exact);
  endpoint.ready = ReadCondition(conditions.Member("ready"), exact);
  endpoint.serving = ReadCondition(conditions.Member("serving"), exact);
  endpoint.terminating = ReadCondition(conditions.Member("terminating"), exact);
  endpoint.hostname = field.Member("hostname").Symbol();
  endpoint.node_name = field.Member("nodeName").Symbol();
  endpoint.zone = field.Member("zone").Symbol();
  endpoint.zone_hint = ReadHint(hints.Member("forZones"), exact);
  endpoint.node_hint = ReadHint(hints.Member("forNodes"), exact);
  endpoint.target_ref = ReadReference(target_ref);
  return endpoint;
}

std::optional<kube::ServiceOwner> ReadOwner(const Field& list) {
  std::optional<kube::ServiceOwner> owner;
  list.ForEach([&](const Field& reference) {
    const bool is_service =
        reference.Member("apiVersion").String() == "v1" && reference.Member("kind").String() == "Service";
    if (!is_service || owner) return;
    owner =
        kube::ServiceOwner{reference.Member("name").Symbol(), kube::Uid(reference.Member("uid").String())};
  });
  return owner;
}

}  // namespace

void Read(const Field& root, kube::EndpointSlice& slice) {
  slice.meta = ReadWholeMeta(root);
  const Field metadata = root.Member("metadata");
  slice.owner = ReadOwner(metadata.Member("ownerReferences"));
  // A slice with an unknown address type is kept, without family.
  slice.family = kube::IpFamilyNamed(root.Member("addressType").String());
  slice.ports = ReadPorts(root.Member("ports"));
  const Field endpoints = root.Member("endpoints");
  endpoints.ForEach([&](const Field& field) { slice.endpoints.push_back(ReadEndpoint(field)); });
  slice.endpoints.shrink_to_fit();
}

}  // namespace k8sm::kube_json
