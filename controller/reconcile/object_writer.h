// Carrying out what a planner wants.

#ifndef K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

namespace k8sm::controller {

// Where the writes of one kind of object go: to the API server, or, for a dry run, to a report.
template <class T>
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;

  // Creates the object where it has no resource version, else updates exactly that version of it. kConflict,
  // kAlreadyExists, kNotFound: it is not what the cache says; what it is arrives there by the watch.
  virtual Awaitable<Result<void>> Write(T wanted) = 0;

  // Deletes exactly this version of the object. Succeeds where it is gone already.
  virtual Awaitable<Result<void>> Delete(T gone) = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_OBJECT_WRITER_H_
