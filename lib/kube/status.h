// A Status object: why the API server refused a request or ended a watch.

#ifndef K8SM_LIB_KUBE_STATUS_H_
#define K8SM_LIB_KUBE_STATUS_H_

#include "lib/base/error.h"
#include "lib/kube/object_meta.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The fields of a Status that errors are classified by; empty or 0 if absent.
struct Status {
  std::int32_t code = 0;
  std::string reason;
  std::string message;
  std::string first_cause;  // reason of the first of details.causes
  std::int32_t retry_after_seconds = 0;
};

// Converts a Status to an error. `http_status` is that of the response, 0 for a Status in a watch. The
// message is one line of bounded length; it may be empty.
Error ToError(int http_status, const Status& status);

// Classifies a refusal whose body is a Status. Where it is none or says nothing, the message is the beginning
// of `body` on one line, or else the HTTP status.
Error ToError(int http_status, const Status& status, std::string_view body);

// Returns kMalformed, with as much of the object's name as is known:
// "Pod default/web: .spec: expected an object, got a list".
Error MalformedObject(std::string_view kind, const ObjectMeta& meta, std::string_view problem);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_STATUS_H_
