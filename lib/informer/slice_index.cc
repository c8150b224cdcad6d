#include "lib/informer/slice_index.h"

namespace k8sm::informer {

using kube::EndpointSlice;
using kube::ObjectKey;

SliceIndex::SliceIndex(Store<EndpointSlice>& slices) {
  slices.AddListener([this](const EndpointSlice* before, const EndpointSlice* after) {
    // The stored object is at `after`, or at `before` if it is being removed.
    const EndpointSlice* stored = after != nullptr ? after : before;
    const auto was = before != nullptr ? kube::ServiceOf(*before) : std::nullopt;
    const auto is = after != nullptr ? kube::ServiceOf(*after) : std::nullopt;
    if (was == is) return;
    if (was) Erase(*was, stored);
    if (is) Insert(*is, stored);
  });
}

const std::vector<const EndpointSlice*>& SliceIndex::SlicesOf(const ObjectKey& service) const {
  static const std::vector<const EndpointSlice*> kNone;
  const auto found = services_.find(service);
  return found == services_.end() ? kNone : found->second;
}

void SliceIndex::Insert(const ObjectKey& service, const EndpointSlice* slice) {
  services_[service].push_back(slice);
}

void SliceIndex::Erase(const ObjectKey& service, const EndpointSlice* slice) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  std::erase(found->second, slice);
  if (found->second.empty()) services_.erase(found);
}

}  // namespace k8sm::informer
