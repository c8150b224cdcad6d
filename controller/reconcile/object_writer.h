// The interface through which a plan is carried out.

#ifndef K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

namespace k8sm::controller {

// Writes one kind of object: to the API server or, in a dry run, to a report. Never two calls at a time for
// one service. Every call ends early when it is cancelled, with Errc::kCanceled.
template <class T>
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;

  // Whether it only reports what it is told to write. Then nothing may be concluded from its success.
  virtual bool IsDry() const { return false; }

  // Determines the outcome of writes for the service that got no response. Call before each planning; usually
  // sends no request. If it fails, nothing may be written for the service.
  virtual Awaitable<Result<void>> Settle(kube::ObjectKey service) = 0;

  // Creates the object if it has no resource version, else updates exactly that version. Returns the object
  // as stored. kConflict, kAlreadyExists, kNotFound: the cache was behind; retry after the watch has caught
  // up.
  virtual Awaitable<Result<T>> Write(T wanted) = 0;

  // Deletes exactly this version of the object. Succeeds if it is gone already.
  virtual Awaitable<Result<void>> Delete(T gone) = 0;
};

// The writers of both kinds. They must outlive the reconciler.
struct Writers {
  ObjectWriter<kube::Endpoints>& endpoints;
  ObjectWriter<kube::EndpointSlice>& slices;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
