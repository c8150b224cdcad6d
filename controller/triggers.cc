#include "controller/triggers.h"

namespace k8sm::controller {

std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Pod* before, const kube::Pod* after,
                                               const informer::SelectorIndex& services) {
  std::vector<kube::ObjectKey> touched;
  if (before != nullptr && after != nullptr) {
    if (kube::SameForEndpoints(*before, *after)) return touched;
    services.ServicesFor(*after, touched);
    // With other labels it may have left a service. A key that is there twice is queued once.
    if (before->meta.labels != after->meta.labels) services.ServicesFor(*before, touched);
  } else {
    services.ServicesFor(before != nullptr ? *before : *after, touched);
  }
  return touched;
}

}  // namespace k8sm::controller
