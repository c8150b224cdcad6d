// The API's Status object, as an error and as a response.

#ifndef K8SM_TEST_APISERVER_STATUS_H_
#define K8SM_TEST_APISERVER_STATUS_H_

#include "lib/base/error.h"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Resource;

struct StatusCause {
  std::string reason;
  std::string message;
  std::string field;
};

struct StatusDetails {
  std::string name;
  std::string group;
  // The resource's plural; in an Invalid, the kind.
  std::string kind;
  std::string uid;
  std::vector<StatusCause> causes;
  int retry_after_seconds = 0;

  bool empty() const;
};

struct Status {
  int code = 500;
  std::string reason;
  std::string message;
  StatusDetails details;
  // The continue token with which an expired list can be continued inconsistently.
  std::string continue_token;
};

// The result of a request: a value, or the Status to respond with.
template <class T>
using Outcome = boost::system::result<T, Status>;
// Found by argument-dependent lookup when value() is called on an error.
[[noreturn]] void throw_exception_from_error(const Status& status, const boost::source_location& location);

Status BadRequest(std::string message);
Status NotFound(const Resource& resource, std::string_view name);
Status AlreadyExists(const Resource& resource, std::string_view name);
// Message: "Operation cannot be fulfilled on endpoints "web": WHY".
Status Conflict(const Resource& resource, std::string_view name, std::string_view why);
// Message: "endpoints "web" is forbidden: WHY".
Status Forbidden(const Resource& resource, std::string_view name, std::string_view why);
Status Unauthorized();
Status MethodNotAllowed();
Status NotAcceptable();
Status UnsupportedMediaType(std::string_view accepted);
Status RequestTooLarge();
Status Expired(std::string message);
// The response to an unknown path.
Status NoSuchPath();
// A generic Status of `code`, which must be 400 or above.
Status StatusOfCode(int code);
Status ResourceVersionTooLarge(std::uint64_t asked, std::uint64_t current);

// Returns the JSON of a Failure, without a line end.
std::string ToJson(const Status& status);
// Returns the JSON of the Success that is the response to a delete.
std::string DeletedJson(const Resource& resource, std::string_view name, std::string_view uid);

// Converts a Status to the project's Error.
Error ToError(const Status& status);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_STATUS_H_
