// An Endpoints object.

#ifndef K8SM_LIB_KUBE_ENDPOINTS_H_
#define K8SM_LIB_KUBE_ENDPOINTS_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace k8sm::kube {

// The pod behind an address. Other fields of a reference are never written; Endpoints::exact and
// SliceEndpoint::exact tell that a stored one has them.
struct ObjectReference {
  Symbol kind;
  Symbol ns;
  Symbol name;
  Uid uid;
  friend bool operator==(const ObjectReference&, const ObjectReference&) = default;
};

// An address of a subset.
struct EndpointAddress {
  Symbol ip;
  Symbol node_name;  // empty: none
  Symbol hostname;   // empty: none
  std::optional<ObjectReference> target_ref;
  friend bool operator==(const EndpointAddress&, const EndpointAddress&) = default;
};

// A port of a subset or slice.
struct EndpointPort {
  Symbol name;  // may be empty if there is only one port
  std::int32_t port = 0;
  Protocol protocol = Protocol::kTcp;
  std::optional<Symbol> app_protocol;
  friend bool operator==(const EndpointPort&, const EndpointPort&) = default;
};

// Each address serves all ports.
struct EndpointSubset {
  std::vector<EndpointAddress> addresses;
  std::vector<EndpointAddress> not_ready_addresses;
  std::vector<EndpointPort> ports;
  friend bool operator==(const EndpointSubset&, const EndpointSubset&) = default;
};

// The whole object. Updates preserve metadata that is not modelled (ObjectMeta::preserved).
struct Endpoints {
  ObjectMeta meta;
  std::vector<EndpointSubset> subsets;
  // Whether the references have no other fields than those of ObjectReference, such as a fieldPath. A
  // resourceVersion, which older controllers have written, does not count, as for kube-controller-manager
  // (endpointSubsetsEqualIgnoreResourceVersion).
  bool exact = true;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_ENDPOINTS_H_
