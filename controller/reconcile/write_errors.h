// Classifies the errors of writes by what they imply for other writes.

#ifndef K8SM_CONTROLLER_RECONCILE_WRITE_ERRORS_H_
#define K8SM_CONTROLLER_RECONCILE_WRITE_ERRORS_H_

#include "lib/base/error.h"

namespace k8sm::controller {

// Whether the API server refused this particular object, so that writes of other objects may still succeed:
//
//   kNotFound, kConflict, kAlreadyExists   the cache was behind
//   kForbidden                             no permission, or an admission plugin refused the object
//   kRejected                              the object is invalid, e.g. status 422
//
// All other errors say something about the server, the connection or this process.
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

// Whether no write for the service can succeed at present, of either kind, so that beginning with the other
// kind is pointless:
//
//   kUnavailable, kTooManyRequests   the server is unreachable or overloaded
//   kUnauthorized                    the credentials are not accepted
//   kNotLeading                      the lease has expired
//   kCanceled                        the program is shutting down
//   kForbidden                       only if the namespace is being deleted
//
// A server error or timeout does not count, since it may come from a webhook for one kind.
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
