#include "lib/informer/label_index.h"

#include <algorithm>

namespace k8sm::informer {
namespace {

// Pods of one workload have one set of labels for each zone (topology.kubernetes.io/zone) or, in a
// StatefulSet, for each pod.
constexpr std::size_t kMostExamined = 8;

bool Has(const kube::LabelMap& labels, const kube::Label& label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
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
  const auto share = [&pod](const kube::Pod& stored) {
    ShareIfEqual(stored.meta.annotations, pod.meta.annotations);
    ShareIfEqual(stored.node_selector, pod.node_selector);
    ShareIfEqual(stored.ports, pod.ports);
    ShareIfEqual(stored.meta.labels, pod.meta.labels);
    return pod.meta.labels.SharesWith(stored.meta.labels);
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
    for (const kube::Label& label : before->meta.labels) {
      if (!Has(after->meta.labels, label)) Erase(label, after);
    }
    for (const kube::Label& label : after->meta.labels) {
      if (!Has(before->meta.labels, label)) Insert(label, after);
    }
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
