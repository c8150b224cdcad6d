// Who wants to know what becomes of EndpointSlices.

#ifndef K8SM_CONTROLLER_RECONCILE_SLICES_OBSERVER_H_
#define K8SM_CONTROLLER_RECONCILE_SLICES_OBSERVER_H_

#include "lib/endpoints/slice_plan.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <cstddef>

namespace k8sm::controller {

enum class SliceOperation { kCreate, kUpdate, kDelete };

class SlicesObserver {
 public:
  // A service was planned, and so many of its slices have to be written or deleted; `service` is null where
  // it is gone or selects no pods.
  virtual void OnPlanned(const kube::ObjectKey& key, const kube::Service* service,
                         const endpoints::SliceCounts& counts, std::size_t changes) = 0;
  // A slice was written or deleted.
  virtual void OnWritten(SliceOperation operation) = 0;

 protected:
  ~SlicesObserver() = default;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SLICES_OBSERVER_H_
