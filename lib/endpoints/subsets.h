// Packs addresses and ports into the subsets of an Endpoints object.

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
  std::optional<kube::EndpointPort> port;  // nullopt: the address is listed without ports
  bool ready = false;
};

// The canonical order of ports, a strict total order.
bool PortBefore(const kube::EndpointPort& a, const kube::EndpointPort& b);

// Packs entries as the API server does (RepackSubsets, k8s.io/kubernetes/pkg/api/v1/endpoints): each distinct
// port has a set of addresses, each ready or not, and ports with equal sets share a subset. Addresses are
// identified by IP and pod UID. The result is in canonical order, independent of the order of the entries.
std::vector<kube::EndpointSubset> PackSubsets(const std::vector<EndpointEntry>& entries);

// Returns stored subsets in the order of PackSubsets; the API server orders them by a hash.
std::vector<kube::EndpointSubset> Canonical(std::vector<kube::EndpointSubset> subsets);

// Maximum number of addresses in Endpoints (maxCapacity, k8s.io/kubernetes/pkg/controller/endpoint).
inline constexpr std::size_t kMaxAddresses = 1000;

// Truncates the addresses to `capacity`. Ready addresses are kept before not-ready ones, and each subset
// keeps a share proportional to its size. Returns whether anything was removed.
bool Truncate(std::vector<kube::EndpointSubset>& subsets, std::size_t capacity = kMaxAddresses);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SUBSETS_H_
