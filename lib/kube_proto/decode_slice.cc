// Field numbers are those of k8s.io/api/discovery/v1/generated.proto.

#include "lib/kube_proto/decode.h"
#include "lib/kube_proto/whole_meta.h"

#include <algorithm>
#include <utility>

namespace k8sm::kube_proto {
namespace {

// The three conditions of an endpoint; nullopt if unset.
struct Conditions {
  std::optional<bool> ready;
  std::optional<bool> serving;
  std::optional<bool> terminating;
  bool exact = true;
};

Conditions ReadConditions(Message field) {
  Conditions conditions;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        conditions.ready = field.Bool("ready");
        break;
      case 2:
        conditions.serving = field.Bool("serving");
        break;
      case 3:
        conditions.terminating = field.Bool("terminating");
        break;
      default:
        conditions.exact = conditions.exact && !field.HoldsValue();
        break;
    }
  }
  return conditions;
}

// Reads the name of one zone or node into `hint`. Sets `exact` to false if it is not the first, or has more
// than a name.
void ReadHint(Message field, kube::Symbol& hint, bool& exact) {
  kube::Symbol name;
  while (field.Next()) {
    if (field.field() == 1) {
      name = field.Symbol("name");
    } else {
      exact = exact && !field.HoldsValue();
    }
  }
  exact = exact && hint.empty() && !name.empty();
  if (hint.empty()) hint = std::move(name);
}

void ReadHints(Message field, kube::SliceEndpoint& endpoint) {
  std::size_t zones = 0;
  std::size_t nodes = 0;
  while (field.Next()) {
    if (field.field() == 1) {
      ReadHint(Message(field, "forZones", zones++), endpoint.zone_hint, endpoint.exact);
    } else if (field.field() == 2) {
      ReadHint(Message(field, "forNodes", nodes++), endpoint.node_hint, endpoint.exact);
    } else {
      endpoint.exact = endpoint.exact && !field.HoldsValue();
    }
  }
}

kube::SliceEndpoint ReadEndpoint(Message field) {
  kube::SliceEndpoint endpoint;
  Conditions conditions;
  std::size_t addresses = 0;
  while (field.Next()) {
    switch (field.field()) {
      case 1: {
        kube::Symbol address(field.Text("addresses", addresses));
        if (addresses++ == 0) endpoint.address = std::move(address);
        break;
      }
      case 2:
        conditions = ReadConditions(Message(field, "conditions"));
        break;
      case 3:
        endpoint.hostname = field.Symbol("hostname");
        break;
      case 4: {
        DecodedReference target = ReadReference(Message(field, "targetRef"));
        endpoint.target_ref = std::move(target.reference);
        endpoint.exact = endpoint.exact && target.exact && !target.has_version;
        break;
      }
      case 6:
        endpoint.node_name = field.Symbol("nodeName");
        break;
      case 7:
        endpoint.zone = field.Symbol("zone");
        break;
      case 8:
        ReadHints(Message(field, "hints"), endpoint);
        break;
      default:
        endpoint.exact = endpoint.exact && !field.HoldsValue();
        break;
    }
  }
  endpoint.exact = endpoint.exact && addresses == 1 && conditions.exact && conditions.ready &&
                   conditions.serving && conditions.terminating;
  endpoint.ready = conditions.ready.value_or(false);
  endpoint.serving = conditions.serving.value_or(false);
  endpoint.terminating = conditions.terminating.value_or(false);
  return endpoint;
}

std::optional<kube::ServiceOwner> ServiceAmong(const std::vector<kube_json::OwnerReference>& owners) {
  const auto owner = std::ranges::find_if(owners, [](const kube_json::OwnerReference& reference) {
    return reference.api_version == "v1" && reference.kind == "Service";
  });
  if (owner == owners.end()) return std::nullopt;
  return kube::ServiceOwner{kube::Symbol(owner->name), kube::Uid(owner->uid)};
}

}  // namespace

void Read(Message& root, kube::EndpointSlice& slice) {
  WholeMeta meta;
  while (root.Next()) {
    switch (root.field()) {
      case 1:
        meta.Read(Message(root, "metadata"));
        break;
      case 2:
        slice.endpoints.push_back(ReadEndpoint(Message(root, "endpoints", slice.endpoints.size())));
        break;
      case 3:
        slice.ports.push_back(
            ReadPort(Message(root, "ports", slice.ports.size()), {.port = 3, .protocol = 2}));
        break;
      case 4:
        // A slice with an unknown address type is kept, without family.
        slice.family = kube::IpFamilyNamed(root.Text("addressType"));
        break;
      default:
        break;
    }
  }
  slice.owner = ServiceAmong(meta.owner_references());
  slice.meta = meta.Take();
  slice.endpoints.shrink_to_fit();
}

}  // namespace k8sm::kube_proto
