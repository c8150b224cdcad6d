#include "lib/informer/label_index.h"

#include <algorithm>

namespace k8sm::informer {
namespace {

// Pods of one workload have one set of labels for each zone (topology.kubernetes.io/zone) or, in a
// StatefulSet, for each pod.
constexpr std::size_t kMostExamined = 8;

// Nothing limits the number of a pod's labels or ports, and each examined pod costs a comparison of all of
// them.
constexpr std::size_t kMostCompared = 1'024;

// The number of elements that a comparison of everything shared may look at.
std::size_t Shareable(const kube::Pod& pod) {
  return pod.meta.labels.size() + pod.meta.annotations.size() + pod.node_selector.size() + pod.ports.size();
}

// Calls visit for each label of `labels` that `others` lacks. Takes O(labels + others): both are sorted by
// key.
template <class Visit>
void ForEachMissing(const kube::LabelMap& labels, const kube::LabelMap& others, Visit visit) {
  auto other = others.begin();
  for (const kube::Label& label : labels) {
    while (other != others.end() && other->key.get() < label.key.get()) ++other;
    if (other == others.end() || *other != label) visit(label);
  }
}

template <class List>
void ShareIfEqual(const List& stored, List& list) {
  if (list == stored) list = stored;
}

}  // namespace

LabelIndex::LabelIndex(Store<kube::Pod>& pods) {
  pods.AddListener([this](const kube::Pod* before, const kube::Pod* after) { OnChange(before, after); });
}

std::vector<const kube::Pod*> LabelIndex::Select(const kube::Symbol& ns, const kube::LabelMap& selector,
                                                 std::size_t max_examined) const {
  const Bucket* smallest = nullptr;
  for (const kube::Label& label : selector) {
    const auto bucket = buckets_.find(LabelKey{ns, label});
    if (bucket == buckets_.end()) return {};
    if (smallest == nullptr || bucket->second.size() < smallest->size()) smallest = &bucket->second;
  }
  std::vector<const kube::Pod*> selected;
  if (smallest != nullptr && smallest->size() <= max_examined) smallest->Select(selector, selected);
  return selected;
}

void LabelIndex::ShareMemory(kube::Pod& pod) const {
  std::size_t left = kMostCompared / std::max<std::size_t>(Shareable(pod), 1);
  if (left == 0) return;
  const auto share = [&pod, &left](const kube::Pod& stored) {
    ShareIfEqual(stored.meta.annotations, pod.meta.annotations);
    ShareIfEqual(stored.node_selector, pod.node_selector);
    ShareIfEqual(stored.ports, pod.ports);
    ShareIfEqual(stored.meta.labels, pod.meta.labels);
    return --left == 0 || pod.meta.labels.SharesWith(stored.meta.labels);
  };
  const kube::LabelMap labels = pod.meta.labels;
  for (const kube::Label& label : labels) {
    const auto bucket = buckets_.find(LabelKey{pod.meta.ns, label});
    if (bucket != buckets_.end() && bucket->second.VisitSome(kMostExamined, share)) return;
  }
}

void LabelIndex::OnChange(const kube::Pod* before, const kube::Pod* after) {
  if (before != nullptr && after != nullptr) {
    if (before->meta.labels == after->meta.labels) return;
    ForEachMissing(before->meta.labels, after->meta.labels,
                   [&](const kube::Label& label) { Erase(label, after); });
    ForEachMissing(after->meta.labels, before->meta.labels,
                   [&](const kube::Label& label) { Insert(label, after); });
  } else if (after != nullptr) {
    for (const kube::Label& label : after->meta.labels) Insert(label, after);
  } else {
    for (const kube::Label& label : before->meta.labels) Erase(label, before);
  }
}

void LabelIndex::Insert(const kube::Label& label, const kube::Pod* pod) {
  buckets_[LabelKey{pod->meta.ns, label}].Insert(pod);
}

void LabelIndex::Erase(const kube::Label& label, const kube::Pod* pod) {
  const auto bucket = buckets_.find(LabelKey{pod->meta.ns, label});
  bucket->second.Erase(pod);
  if (bucket->second.size() == 0) buckets_.erase(bucket);
}

void LabelIndex::Bucket::Insert(const kube::Pod* pod) {
  if (!many_ && only_ == nullptr) {
    only_ = pod;
    return;
  }
  if (!many_) {
    many_ = std::make_unique<boost::unordered_flat_set<const kube::Pod*>>();
    many_->insert(only_);
    only_ = nullptr;
  }
  many_->insert(pod);
}

void LabelIndex::Bucket::Erase(const kube::Pod* pod) {
  if (many_) {
    many_->erase(pod);
  } else {
    only_ = nullptr;
  }
}

void LabelIndex::Bucket::Select(const kube::LabelMap& selector,
                                std::vector<const kube::Pod*>& selected) const {
  const auto select = [&](const kube::Pod* pod) {
    if (kube::Matches(selector, pod->meta.labels)) selected.push_back(pod);
  };
  if (!many_) {
    select(only_);
  } else {
    for (const kube::Pod* pod : *many_) select(pod);
  }
}

}  // namespace k8sm::informer
