// Cutting up endpoints into slices with few writes.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_
#define K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_

#include "lib/kube/endpoint_slice.h"

#include <cstddef>
#include <vector>

namespace k8sm::endpoints {

struct StoredSlice {
  const kube::EndpointSlice* slice = nullptr;
  bool to_be_written = false;  // whatever becomes of its endpoints
};

struct PackedSlice {
  const kube::EndpointSlice* stored = nullptr;  // the slice that becomes this one; null: none
  bool to_be_written = false;
  std::vector<kube::SliceEndpoint> endpoints;
};

struct Packing {
  std::vector<PackedSlice> slices;                 // none is empty
  std::vector<const kube::EndpointSlice*> vacant;  // what is left of the stored slices, in their order
  std::size_t added = 0;                           // endpoints that were not in their slice before
};

// Distributes the endpoints of one family and set of ports over the slices stored for them, `limit` at most
// in each. An endpoint is known by its address and its pod's name. Those that a slice has stay in it, as
// desired now; if they are too many for it, its first. The others go, in their order, to slices that are
// written anyway, the fullest first; where these do not take all, to one other slice that has room for the
// rest, the one that they come closest to filling; and to vacant and new slices. Of equals the earlier in
// `stored` is taken. REQUIRES: no two endpoints of `desired` are of the same address and pod; limit > 0.
Packing PackSlices(std::vector<kube::SliceEndpoint> desired, const std::vector<StoredSlice>& stored,
                   std::size_t limit);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_PACKING_H_
