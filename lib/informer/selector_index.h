// Finds the services that select a pod without scanning all services.

#ifndef K8SM_LIB_INFORMER_SELECTOR_INDEX_H_
#define K8SM_LIB_INFORMER_SELECTOR_INDEX_H_

#include "lib/informer/label_key.h"
#include "lib/informer/store.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <vector>

namespace k8sm::informer {

// Indexes the services of a store by one label of each selector. Services of type ExternalName and services
// without a selector select nothing.
class SelectorIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and does not change after the index is
  // destroyed.
  explicit SelectorIndex(Store<kube::Service>& services);
  SelectorIndex(const SelectorIndex&) = delete;
  SelectorIndex& operator=(const SelectorIndex&) = delete;

  // Appends the keys of the services in the pod's namespace whose selector matches its labels, without
  // duplicates, in no particular order.
  void ServicesFor(const kube::Pod& pod, std::vector<kube::ObjectKey>& keys) const;

 private:
  struct Bucket {
    std::size_t uses = 0;  // selectors that contain the label, in whichever bucket they are listed
    std::vector<const kube::Service*> listed;  // services indexed by this label
  };

  void OnChange(const kube::Service* before, const kube::Service* after);
  // `before` holds the previous selector of the service stored at `service`.
  void Insert(const kube::Service* service);
  void Erase(const kube::Service& before, const kube::Service* service);

  boost::unordered_flat_map<LabelKey, Bucket, LabelKeyHash>
      buckets_;  // never contains a bucket with uses == 0
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_SELECTOR_INDEX_H_
