// An EndpointSlice object (discovery.k8s.io/v1).

#ifndef K8SM_LIB_KUBE_ENDPOINT_SLICE_H_
#define K8SM_LIB_KUBE_ENDPOINT_SLICE_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube {

// An endpoint with one address, as controllers write them. In `target_ref` as in an Endpoints' address.
struct SliceEndpoint {
  Symbol address;
  bool ready = false;
  bool serving = false;
  bool terminating = false;
  Symbol hostname;  // empty: none, here and below
  Symbol node_name;
  Symbol zone;
  Symbol zone_hint;  // the only name in hints.forZones
  Symbol node_hint;  // the only name in hints.forNodes
  std::optional<ObjectReference> target_ref;
  // False of a stored endpoint that says what these fields can't (a second address or hint, a condition left
  // open): it equals none that we would write.
  bool exact = true;
  friend bool operator==(const SliceEndpoint&, const SliceEndpoint&) = default;
};

// The Service that owns a slice: an owner reference of apiVersion v1 and kind Service.
struct ServiceOwner {
  Symbol name;
  Symbol uid;
  friend bool operator==(const ServiceOwner&, const ServiceOwner&) = default;
};

struct EndpointSlice {
  // Without a name and a resource version where it is to be created.
  ObjectMeta meta;
  // The prefix that the API server makes a name from. Only in what is to be created; a stored slice's is
  // among meta.preserved.
  std::string generate_name;
  // The first such owner reference; nothing where there is none. It is written, as the controller's and
  // blocking the owner's deletion, where the slice is created; afterwards meta.preserved gives the references
  // back.
  std::optional<ServiceOwner> owner;

  // The addressType, which never changes; nothing: FQDN, or another that is none of addresses.
  std::optional<IpFamily> family;
  // A stored port without a number (it means all of them) has 0, which we never write.
  std::vector<EndpointPort> ports;
  // Every one serves every port.
  std::vector<SliceEndpoint> endpoints;
};

// Names the service that a slice serves (LabelServiceName, k8s.io/api/discovery/v1).
inline constexpr std::string_view kServiceNameLabel = "kubernetes.io/service-name";

// The service that the slice's label names; nothing where there is no such label.
std::optional<ObjectKey> ServiceOf(const ObjectMeta& slice);
inline std::optional<ObjectKey> ServiceOf(const EndpointSlice& slice) {
  return ServiceOf(slice.meta);
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_ENDPOINT_SLICE_H_
