// Classifies the errors of writes by what they imply for other writes.

#ifndef K8SM_CONTROLLER_RECONCILE_WRITE_ERRORS_H_
#define K8SM_CONTROLLER_RECONCILE_WRITE_ERRORS_H_

#include "lib/base/error.h"

namespace k8sm::controller {

// Whether the API server refused this particular object, so that other writes may succeed.
inline bool IsOfOneObject(const Error& error) {
  switch (error.code) {
    case Errc::kForbidden:
    case Errc::kNotFound:
    case Errc::kConflict:
    case Errc::kAlreadyExists:
    case Errc::kRejected:
      return true;
    default:
      return false;
  }
}

// Whether no write for the service can succeed at present, of either kind. A server error or timeout does not
// count, since it may come from a webhook for one kind.
inline bool IsOfAllWrites(const Error& error) {
  switch (error.code) {
    case Errc::kUnavailable:
    case Errc::kCanceled:
    case Errc::kNotLeading:
    case Errc::kUnauthorized:
    case Errc::kTooManyRequests:
      return true;
    case Errc::kForbidden:
      return error.cause == "NamespaceTerminating";
    default:
      return false;
  }
}

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_WRITE_ERRORS_H_
