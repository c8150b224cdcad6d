// An EndpointSlice object (discovery.k8s.io/v1).

#ifndef K8SM_LIB_KUBE_ENDPOINT_SLICE_H_
#define K8SM_LIB_KUBE_ENDPOINT_SLICE_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube {

// An endpoint with a single address, as controllers write them. `target_ref` is as in EndpointAddress.
struct SliceEndpoint {
  Symbol address;
  Symbol hostname;  // empty: none; also for the fields below
  Symbol node_name;
  Symbol zone;
  Symbol zone_hint;  // the only name in hints.forZones
  Symbol node_hint;  // the only name in hints.forNodes
  std::optional<ObjectReference> target_ref;
  bool ready = false;
  bool serving = false;
  bool terminating = false;
  // False if a stored endpoint has content that these fields cannot represent (a second address or hint, an
  // unset condition). It then equals no endpoint that we write.
  bool exact = true;
  friend bool operator==(const SliceEndpoint&, const SliceEndpoint&) = default;
};

// The Service that owns a slice: an owner reference with apiVersion v1 and kind Service.
struct ServiceOwner {
  Symbol name;
  Uid uid;
  friend bool operator==(const ServiceOwner&, const ServiceOwner&) = default;
};

// The fields that this controller reads and writes. Updates preserve all other metadata.
struct EndpointSlice {
  // Name and resource version are empty in a slice to be created.
  ObjectMeta meta;
  // Prefix from which the API server generates the name. Set only in a slice to be created; a stored slice's
  // is part of meta.preserved.
  std::string generate_name;
  // The first such owner reference; nullopt if there is none. Encoded, with controller and blockOwnerDeletion
  // set, only when the slice is created; updates send the references in meta.preserved.
  std::optional<ServiceOwner> owner;

  // The addressType, which is immutable; nullopt for FQDN and unknown types.
  std::optional<IpFamily> family;
  // A stored port without a number (meaning all ports) is decoded as 0, which we never write.
  std::vector<EndpointPort> ports;
  // Each endpoint serves all ports.
  std::vector<SliceEndpoint> endpoints;
};

// Label that names the service of a slice (LabelServiceName, k8s.io/api/discovery/v1).
inline constexpr std::string_view kServiceNameLabel = "kubernetes.io/service-name";

// Returns the service that the slice's label names; nullopt if there is no such label.
std::optional<ObjectKey> ServiceOf(const ObjectMeta& slice);
inline std::optional<ObjectKey> ServiceOf(const EndpointSlice& slice) {
  return ServiceOf(slice.meta);
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_ENDPOINT_SLICE_H_
