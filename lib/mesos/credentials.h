// The principal and the secret that a master may ask for.

#ifndef K8SM_LIB_MESOS_CREDENTIALS_H_
#define K8SM_LIB_MESOS_CREDENTIALS_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>

namespace k8sm::mesos {

struct Credentials {
  std::string principal;
  std::string secret;
};

// From a file's text: the two on a line each, or on one with a blank between, as Mesos reads them, or as JSON
// {"principal": "...", "secret": "..."}. kInvalidConfig, with a message that repeats nothing of the text.
Result<Credentials> ParseCredentials(std::string_view text);

// The Authorization header (RFC 7617).
std::string BasicAuthorization(const Credentials& credentials);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_CREDENTIALS_H_
