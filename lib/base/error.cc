#include "lib/base/error.h"

#include "lib/base/printable.h"

#include <stdexcept>

namespace k8sm {
namespace {

// Messages are bounded where they are built. This limit is a fallback.
constexpr std::size_t kMaxMessage = 2'000;

}  // namespace

std::string_view ToString(Errc code) {
  switch (code) {
    case Errc::kInvalidConfig:
      return "invalid configuration";
    case Errc::kMalformed:
      return "malformed input";
    case Errc::kUnknownField:
      return "unknown field";
    case Errc::kUnavailable:
      return "unavailable";
    case Errc::kTimeout:
      return "timeout";
    case Errc::kCanceled:
      return "canceled";
    case Errc::kNotLeading:
      return "not leading";
    case Errc::kUnauthorized:
      return "unauthorized";
    case Errc::kForbidden:
      return "forbidden";
    case Errc::kNotFound:
      return "not found";
    case Errc::kConflict:
      return "conflict";
    case Errc::kAlreadyExists:
      return "already exists";
    case Errc::kExpired:
      return "expired";
    case Errc::kTooManyRequests:
      return "too many requests";
    case Errc::kServerError:
      return "server error";
    case Errc::kRejected:
      return "rejected";
  }
  return "unknown error";
}

std::string ToString(const Error& error) {
  std::string text(ToString(error.code));
  if (!error.message.empty()) text.append(": ").append(Printable(error.message, kMaxMessage));
  return text;
}

void throw_exception_from_error(const Error& error, const boost::source_location& location) {
  throw std::logic_error(location.to_string() + ": value() of a failed Result: " + ToString(error));
}

}  // namespace k8sm
