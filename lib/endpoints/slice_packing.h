// Distributes endpoints over slices with few writes.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_
#define K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_

#include "lib/kube/endpoint_slice.h"

#include <cstddef>
#include <vector>

namespace k8sm::endpoints {

// A slice that exists on the API server.
struct StoredSlice {
  const kube::EndpointSlice* slice = nullptr;
  bool to_be_written = false;  // must be written even if its endpoints do not change
};

// The desired endpoints of one slice, stored or new.
struct PackedSlice {
  const kube::EndpointSlice* stored = nullptr;  // the stored slice to update; null for a new slice
  bool to_be_written = false;
  std::vector<kube::SliceEndpoint> endpoints;
};

// The result of PackSlices.
struct Packing {
  std::vector<PackedSlice> slices;                 // never empty slices
  std::vector<const kube::EndpointSlice*> vacant;  // stored slices that are no longer needed, in input order
  std::size_t added = 0;                           // endpoints that were not in this slice before
};

// Distributes the endpoints of one family and port set over the stored slices, at most `limit` in each. An
// endpoint is identified by its address and pod name. Endpoints stay in their slice, with their desired
// state; a slice that holds too many keeps its first `limit`. The remaining endpoints are placed, in order,
//   1. in slices that are written anyway, the fullest first,
//   2. in one other slice that can hold all of the rest, preferring the least room left,
//   3. in vacant slices, then in new slices.
// Ties are broken by the order of `stored`. REQUIRES: `desired` has no two endpoints with the same address
// and pod; limit > 0.
Packing PackSlices(std::vector<kube::SliceEndpoint> desired, const std::vector<StoredSlice>& stored,
                   std::size_t limit);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_
