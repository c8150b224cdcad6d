// Finds the EndpointSlices of a service without scanning all slices.

#ifndef K8SM_LIB_INFORMER_SLICE_INDEX_H_
#define K8SM_LIB_INFORMER_SLICE_INDEX_H_

#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/object_meta.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <vector>

namespace k8sm::informer {

// Indexes the slices of a store by the service that their label names. Returned pointers refer to the store's
// objects and are valid until the object is removed from the store.
class SliceIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and does not change after the index is
  // destroyed.
  explicit SliceIndex(Store<kube::EndpointSlice>& slices);
  SliceIndex(const SliceIndex&) = delete;
  SliceIndex& operator=(const SliceIndex&) = delete;

  // Returns the service's slices in no particular order; empty if there are none. Valid until the store
  // changes.
  const std::vector<const kube::EndpointSlice*>& SlicesOf(const kube::ObjectKey& service) const;

 private:
  void Insert(const kube::ObjectKey& service, const kube::EndpointSlice* slice);
  void Erase(const kube::ObjectKey& service, const kube::EndpointSlice* slice);

  // Never contains an empty vector.
  boost::unordered_flat_map<kube::ObjectKey, std::vector<const kube::EndpointSlice*>, kube::ObjectKeyHash>
      services_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_SLICE_INDEX_H_
