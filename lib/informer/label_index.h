// Which pods a selector selects, without a look at all the others.

#ifndef K8SM_LIB_INFORMER_LABEL_INDEX_H_
#define K8SM_LIB_INFORMER_LABEL_INDEX_H_

#include "lib/informer/label_key.h"
#include "lib/informer/store.h"
#include "lib/kube/label_map.h"
#include "lib/kube/pod.h"
#include "lib/kube/symbol.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace k8sm::informer {

// Knows the pods of a store by each of their labels. The addresses that it gives are those of the store's
// objects and live as long as they.
class LabelIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and changes no more once the index is gone.
  explicit LabelIndex(Store<kube::Pod>& pods);
  LabelIndex(const LabelIndex&) = delete;
  LabelIndex& operator=(const LabelIndex&) = delete;

  // The pods of namespace `ns` that the selector matches, in no particular order. Looks only at those that
  // have the rarest of its pairs.
  std::vector<const kube::Pod*> Select(const kube::Symbol& ns, const kube::LabelMap& selector) const;

 private:
  // A set of pods. Many a label's value is one pod's own (a StatefulSet's pod name), so a single one is held
  // in place.
  class Bucket {
   public:
    void Insert(const kube::Pod* pod);
    void Erase(const kube::Pod* pod);
    std::size_t size() const { return many_ ? many_->size() : only_ != nullptr; }
    // Appends those that the selector matches.
    void Select(const kube::LabelMap& selector, std::vector<const kube::Pod*>& selected) const;

   private:
    const kube::Pod* only_ = nullptr;
    std::unique_ptr<boost::unordered_flat_set<const kube::Pod*>> many_;  // then only_ is null
  };

  void OnChange(const kube::Pod* before, const kube::Pod* after);
  void Insert(const kube::Label& label, const kube::Pod* pod);
  void Erase(const kube::Label& label, const kube::Pod* pod);

  boost::unordered_flat_map<LabelKey, Bucket, LabelKeyHash> buckets_;  // none of them empty
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_LABEL_INDEX_H_
