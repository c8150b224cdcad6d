// Which EndpointSlices a service has, without a look at all the others.

#ifndef K8SM_LIB_INFORMER_SLICE_INDEX_H_
#define K8SM_LIB_INFORMER_SLICE_INDEX_H_

#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/object_meta.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <vector>

namespace k8sm::informer {

// Knows the slices of a store by the service that their label names. The addresses that it gives are those of
// the store's objects and live as long as they.
class SliceIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and changes no more once the index is gone.
  explicit SliceIndex(Store<kube::EndpointSlice>& slices);
  SliceIndex(const SliceIndex&) = delete;
  SliceIndex& operator=(const SliceIndex&) = delete;

  // In no particular order; valid until the store changes.
  const std::vector<const kube::EndpointSlice*>& SlicesOf(const kube::ObjectKey& service) const;

 private:
  void Insert(const kube::ObjectKey& service, const kube::EndpointSlice* slice);
  void Erase(const kube::ObjectKey& service, const kube::EndpointSlice* slice);

  // None of them empty.
  boost::unordered_flat_map<kube::ObjectKey, std::vector<const kube::EndpointSlice*>, kube::ObjectKeyHash>
      services_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_SLICE_INDEX_H_
