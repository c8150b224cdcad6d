// The small files that a configuration names: certificates, keys and tokens.

#ifndef K8SM_LIB_CLIENT_CREDENTIAL_FILE_H_
#define K8SM_LIB_CLIENT_CREDENTIAL_FILE_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>

namespace k8sm::client {

// The whole file. kInvalidConfig, "PATH: No such file or directory", where it cannot be read or is larger
// than 16 MiB. Blocks.
Result<std::string> ReadFile(const std::string& path);

// The token that a file holds, without the white space around it. kInvalidConfig where that is none. Blocks.
Result<std::string> ReadTokenFile(const std::string& path);

// What is wrong with a bearer token; empty where nothing is.
std::string WhyNoToken(std::string_view token);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CREDENTIAL_FILE_H_
