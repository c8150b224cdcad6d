#include "controller/reconcile/same_contents.h"

#include "controller/reconcile/fingerprint.h"
#include "lib/kube/label_map.h"

namespace k8sm::controller {

using kube::Endpoints;
using kube::EndpointSlice;

bool SameContents(const Endpoints& a, const Endpoints& b) {
  return Fingerprint(&a) == Fingerprint(&b);
}

bool SameContents(const EndpointSlice& a, const EndpointSlice& b) {
  return a.owner == b.owner && a.meta.labels == b.meta.labels && a.ports == b.ports &&
         a.endpoints == b.endpoints;
}

}  // namespace k8sm::controller
