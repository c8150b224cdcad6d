#include "lib/informer/selector_index.h"

namespace k8sm::informer {

SelectorIndex::SelectorIndex(Store<kube::Service>& services) {
  services.AddListener(
      [this](const kube::Service* before, const kube::Service* after) { OnChange(before, after); });
}

void SelectorIndex::ServicesFor(const kube::Pod& pod, std::vector<kube::ObjectKey>& keys) const {
  for (const kube::Label& label : pod.meta.labels) {
    const auto bucket = buckets_.find(LabelKey{pod.meta.ns, label});
    if (bucket == buckets_.end()) continue;
    for (const kube::Service* service : bucket->second.listed) {
      if (kube::Matches(service->selector, pod.meta.labels)) keys.push_back(service->meta.Key());
    }
  }
}

void SelectorIndex::OnChange(const kube::Service* before, const kube::Service* after) {
  if (before != nullptr && after != nullptr && before->selector == after->selector &&
      before->SelectsPods() == after->SelectsPods()) {
    return;
  }
  if (before != nullptr) Erase(*before, after != nullptr ? after : before);
  if (after != nullptr) Insert(after);
}

void SelectorIndex::Insert(const kube::Service* service) {
  if (!service->SelectsPods()) return;
  // Choose the label used by the fewest selectors at this time: of services that share `app` and differ in
  // `instance`, all but the first are indexed by `instance`.
  Bucket* rarest = nullptr;
  for (const kube::Label& label : service->selector) ++buckets_[LabelKey{service->meta.ns, label}].uses;
  for (const kube::Label& label : service->selector) {
    Bucket& bucket = buckets_.at(LabelKey{service->meta.ns, label});
    if (rarest == nullptr || bucket.uses < rarest->uses) rarest = &bucket;
  }
  rarest->listed.push_back(service);
}

void SelectorIndex::Erase(const kube::Service& before, const kube::Service* service) {
  if (!before.SelectsPods()) return;
  for (const kube::Label& label : before.selector) {
    const auto bucket = buckets_.find(LabelKey{before.meta.ns, label});
    std::erase(bucket->second.listed, service);
    if (--bucket->second.uses == 0) buckets_.erase(bucket);
  }
}

}  // namespace k8sm::informer
