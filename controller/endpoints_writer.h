// Carrying out what the planner wants.

#ifndef K8SM_CONTROLLER_ENDPOINTS_WRITER_H_
#define K8SM_CONTROLLER_ENDPOINTS_WRITER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/kube/endpoints.h"

namespace k8sm::controller {

// Where the reconciler's writes go: to the API server, or, for a dry run, to a report.
class EndpointsWriter {
 public:
  virtual ~EndpointsWriter() = default;

  // Creates the object where it has no resource version, else updates exactly that version of it. kConflict,
  // kAlreadyExists, kNotFound: it is not what the cache says; what it is arrives there by the watch.
  virtual Awaitable<Result<void>> Write(kube::Endpoints wanted) = 0;

  // Deletes exactly this version of the object. Succeeds where it is gone already.
  virtual Awaitable<Result<void>> Delete(kube::Endpoints gone) = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ENDPOINTS_WRITER_H_
