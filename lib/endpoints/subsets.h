// The form that addresses and ports take in an Endpoints object.

#ifndef K8SM_LIB_ENDPOINTS_SUBSETS_H_
#define K8SM_LIB_ENDPOINTS_SUBSETS_H_

#include "lib/kube/endpoints.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace k8sm::endpoints {

// One address that serves one port.
struct EndpointEntry {
  kube::EndpointAddress address;
  std::optional<kube::EndpointPort> port;  // nothing: the address is listed without ports
  bool ready = false;
};

// The canonical order of ports.
bool PortBefore(const kube::EndpointPort& a, const kube::EndpointPort& b);

// Packs entries as the API server does (RepackSubsets, k8s.io/kubernetes/pkg/api/v1/endpoints): each distinct
// port has a set of addresses, each ready or not, and ports with equal sets share a subset. Addresses are
// told apart by IP and pod uid. The result is in canonical order, whatever the order of the entries.
std::vector<kube::EndpointSubset> PackSubsets(const std::vector<EndpointEntry>& entries);

// Subsets that the API server has stored, in the order that PackSubsets gives; the server orders them by a
// hash.
std::vector<kube::EndpointSubset> Canonical(std::vector<kube::EndpointSubset> subsets);

// Endpoints hold no more addresses than this (maxCapacity, k8s.io/kubernetes/pkg/controller/endpoint).
inline constexpr std::size_t kMaxAddresses = 1000;

// Cuts the addresses down to `capacity`: ready ones come before those that are not, and each subset keeps in
// proportion to what it has. Returns whether anything was cut.
bool Truncate(std::vector<kube::EndpointSubset>& subsets, std::size_t capacity = kMaxAddresses);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SUBSETS_H_
