// Carrying out a plan.

#ifndef K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

namespace k8sm::controller {

// Where the writes of one kind of object go: to the API server, or, for a dry run, to a report. Never two
// calls at a time for one service. All end early by cancellation, with Errc::kCanceled.
template <class T>
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;

  // Finds out what became of writes for the service that were sent and not answered. Call it before each
  // planning; without a request as a rule. On an error nothing may be written for the service.
  virtual Awaitable<Result<void>> Settle(kube::ObjectKey service) = 0;

  // Creates the object where it has no resource version, else updates exactly that version of it, and returns
  // it as it is stored now. kConflict, kAlreadyExists, kNotFound: the cache was behind; the watch brings what
  // there is.
  virtual Awaitable<Result<T>> Write(T wanted) = 0;

  // Deletes exactly this version of the object. Succeeds where it is gone already.
  virtual Awaitable<Result<void>> Delete(T gone) = 0;
};

struct Writers {
  ObjectWriter<kube::Endpoints>& endpoints;
  ObjectWriter<kube::EndpointSlice>& slices;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
