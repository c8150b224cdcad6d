// Principal and secret for authentication with a master.

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

// Parses a file's text: principal and secret on a line each, or on one line separated by a blank, as in
// Mesos, or JSON {"principal": "...", "secret": "..."}. Fails with kInvalidConfig; the message does not quote
// the text.
Result<Credentials> ParseCredentials(std::string_view text);

// Returns the value of the Authorization header (RFC 7617).
std::string BasicAuthorization(const Credentials& credentials);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_CREDENTIALS_H_
