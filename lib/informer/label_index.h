// Finds the pods that a selector matches without scanning all pods.

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
#include <limits>
#include <memory>
#include <vector>

namespace k8sm::informer {

// Indexes the pods of a store by each of their labels. Returned pointers refer to the store's objects and are
// valid until the object is removed from the store.
class LabelIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and does not change after the index is
  // destroyed.
  explicit LabelIndex(Store<kube::Pod>& pods);
  LabelIndex(const LabelIndex&) = delete;
  LabelIndex& operator=(const LabelIndex&) = delete;

  // Returns the pods of namespace `ns` that the selector matches, in no particular order. Examines only the
  // pods that have the selector's rarest label. An empty selector matches nothing, as does one whose rarest
  // label more than `max_examined` pods have.
  std::vector<const kube::Pod*> Select(
      const kube::Symbol& ns, const kube::LabelMap& selector,
      std::size_t max_examined = std::numeric_limits<std::size_t>::max()) const;

  // Lets the pod share the memory of its labels, annotations, node selector and ports with a pod of the index
  // that has the same ones, as the pods of one workload have, so that those are stored once for each workload
  // instead of once for each pod. Does not change their values. Examines a few pods for each label, and none
  // for a pod with more than 1,024 of these: takes O(labels), whatever the pods in the index.
  void ShareMemory(kube::Pod& pod) const;

  // Calls visit(label) for each different label that pods of the namespace have, in no particular order.
  // Takes O(size()).
  template <class Visit>
  void ForEachLabel(const kube::Symbol& ns, Visit visit) const {
    for (const auto& [each, bucket] : buckets_) {
      if (each.ns == ns) visit(each.label);
    }
  }
  // The number of different labels of all namespaces.
  std::size_t size() const { return buckets_.size(); }

  // Whether a pod of the namespace has the label.
  bool HasPods(const kube::Symbol& ns, const kube::Label& label) const {
    return buckets_.contains(LabelKey{ns, label});
  }

 private:
  // A set of pods. Many label values occur on one pod only (such as a StatefulSet's pod name), so a single
  // pod is stored without allocation.
  class Bucket {
   public:
    void Insert(const kube::Pod* pod);
    void Erase(const kube::Pod* pod);
    std::size_t size() const { return many_ ? many_->size() : only_ != nullptr; }
    // Calls visit(pod) for one pod after the other until it returns true, for at most `limit` pods. Returns
    // whether it did.
    template <class Visit>
    bool VisitSome(std::size_t limit, Visit visit) const {
      if (!many_) return visit(*only_);
      for (auto pod = many_->begin(); pod != many_->end() && limit > 0; ++pod, --limit)
        if (visit(**pod)) return true;
      return false;
    }
    // Appends the pods that the selector matches.
    void Select(const kube::LabelMap& selector, std::vector<const kube::Pod*>& selected) const;

   private:
    const kube::Pod* only_ = nullptr;
    std::unique_ptr<boost::unordered_flat_set<const kube::Pod*>> many_;  // if set, only_ is null
  };

  void OnChange(const kube::Pod* before, const kube::Pod* after);
  void Insert(const kube::Label& label, const kube::Pod* pod);
  void Erase(const kube::Label& label, const kube::Pod* pod);

  boost::unordered_flat_map<LabelKey, Bucket, LabelKeyHash> buckets_;  // never contains an empty bucket
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_LABEL_INDEX_H_
