// Compares what two versions of an object publish.

#ifndef K8SM_CONTROLLER_RECONCILE_SAME_CONTENTS_H_
#define K8SM_CONTROLLER_RECONCILE_SAME_CONTENTS_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

namespace k8sm::controller {

// Whether the fields that a planner sets are equal. Metadata that other writers may change without conflict
// is not compared. Of Endpoints, hashes are compared (Fingerprint()).
bool SameContents(const kube::Endpoints& a, const kube::Endpoints& b);
bool SameContents(const kube::EndpointSlice& a, const kube::EndpointSlice& b);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SAME_CONTENTS_H_
