// Error codes and Result<T>. Expected failures (network, API server errors, malformed input, invalid
// configuration) are returned as Result<T>; exceptions report violated invariants only.

#ifndef K8SM_LIB_BASE_ERROR_H_
#define K8SM_LIB_BASE_ERROR_H_

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm {

// The failure's class, assigned once where the failure is first detected. It determines how the caller
// reacts.
enum class Errc {
  kInvalidConfig,    // flags, kubeconfig or certificates: not retryable, a person must change something
  kMalformed,        // input that does not parse or has the wrong shape
  kUnknownField,     // protobuf with a field that only JSON preserves: read it as JSON
  kUnavailable,      // connecting, sending or receiving failed
  kTimeout,          // a deadline passed
  kCanceled,         // the operation was cancelled because the process is shutting down
  kNotLeading,       // the lease may have expired: the request was not sent
  kUnauthorized,     // 401
  kForbidden,        // 403
  kNotFound,         // 404
  kConflict,         // 409 Conflict: the object has changed since it was read
  kAlreadyExists,    // 409 AlreadyExists
  kExpired,          // 410, as an HTTP status or in a watch: relist
  kTooManyRequests,  // 429
  kServerError,      // 5xx
  kRejected,         // any other refusal by the API server; retrying the same request is pointless
};

// A short description for logs: "invalid configuration", "not found".
std::string_view ToString(Errc code);

// Upper bound of a server's Retry-After; longer values are reduced to it when they are parsed.
inline constexpr std::chrono::seconds kLongestRetryAfter{300};

// A failure: its class for the program, and a message for the log.
struct Error {
  Errc code = Errc::kUnavailable;
  // Description for the log: one line, without the code's name.
  std::string message;
  // HTTP status of the API server's answer (or the code of its Status object); 0 if there was no answer.
  int http_status = 0;
  // Status.details.causes[0].reason, e.g. "NamespaceTerminating" or "ResourceVersionTooLarge"; else empty.
  std::string cause;
  // The Retry-After header or Status.details.retryAfterSeconds, at most kLongestRetryAfter.
  std::optional<std::chrono::seconds> retry_after;
  // True if the request was sent completely but no answer arrived: the server may have carried it out.
  bool sent = false;
};

// The code's description and the message: "conflict: Operation cannot be fulfilled on ...".
std::string ToString(const Error& error);

template <class T>
using Result = boost::system::result<T, Error>;

// Called by Result<T>::value() on an error, found by argument-dependent lookup. Throws std::logic_error,
// because reading a value without testing for it is a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& location);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_ERROR_H_
