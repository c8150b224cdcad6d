// Which services select a pod, without a look at all the others.

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

// Knows the services of a store by one pair of each one's selector. Those of type ExternalName and those
// without a selector select nothing.
class SelectorIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and changes no more once the index is gone.
  explicit SelectorIndex(Store<kube::Service>& services);
  SelectorIndex(const SelectorIndex&) = delete;
  SelectorIndex& operator=(const SelectorIndex&) = delete;

  // Appends the keys of the services in the pod's namespace whose selector matches its labels, each once, in
  // no particular order.
  void ServicesFor(const kube::Pod& pod, std::vector<kube::ObjectKey>& keys) const;

 private:
  struct Bucket {
    std::size_t uses = 0;                      // selectors that have the pair, wherever they are listed
    std::vector<const kube::Service*> listed;  // those that are found by it
  };

  void OnChange(const kube::Service* before, const kube::Service* after);
  // `before` tells what the service at the address `service` selected until now.
  void Insert(const kube::Service* service);
  void Erase(const kube::Service& before, const kube::Service* service);

  boost::unordered_flat_map<LabelKey, Bucket, LabelKeyHash> buckets_;  // each with uses > 0
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_SELECTOR_INDEX_H_
