// What can go wrong, as a value. Expected failures (the network, the API server's refusals, malformed
// input, bad configuration) travel as Result<T>; exceptions are for our own broken invariants only.

#ifndef K8SM_LIB_BASE_ERROR_H_
#define K8SM_LIB_BASE_ERROR_H_

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm {

// Classified once, where the failure is first seen, by what the caller has to do about it.
enum class Errc {
  kInvalidConfig,    // flags, kubeconfig, certificates: a person has to change something
  kMalformed,        // input that does not parse or has the wrong shape
  kUnavailable,      // connecting, sending or receiving failed
  kTimeout,          // a deadline passed
  kCanceled,         // we are shutting down
  kNotLeading,       // the lease may have run out: nothing was sent
  kUnauthorized,     // 401
  kForbidden,        // 403
  kNotFound,         // 404
  kConflict,         // 409 Conflict: the object has changed since it was read
  kAlreadyExists,    // 409 AlreadyExists
  kExpired,          // 410, as an HTTP status or in a watch: list again
  kTooManyRequests,  // 429
  kServerError,      // 5xx
  kRejected,         // any other refusal of the API server: sending the same again is pointless
};

std::string_view ToString(Errc code);

// What a server may ask us to wait at the most; longer waits are cut down to it where they are read.
inline constexpr std::chrono::seconds kLongestRetryAfter{300};

struct Error {
  Errc code = Errc::kUnavailable;
  // For the log: one line, without the code's name.
  std::string message;
  // The API server's answer, where it gave one: the HTTP status (or a Status object's code), else 0.
  int http_status = 0;
  // Status.details.causes[0].reason, e.g. "NamespaceTerminating" or "ResourceVersionTooLarge"; else empty.
  std::string cause;
  // The Retry-After header, or Status.details.retryAfterSeconds.
  std::optional<std::chrono::seconds> retry_after;
  // The request has gone out as a whole, and no answer says what became of it: it may have been carried out.
  bool sent = false;
};

// "conflict: Operation cannot be fulfilled on ..."
std::string ToString(const Error& error);

template <class T>
using Result = boost::system::result<T, Error>;

// What Result<T>::value() calls on an error; found by argument-dependent lookup. Reading a value without
// having tested for it is a broken invariant, so this is a std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& location);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_ERROR_H_
