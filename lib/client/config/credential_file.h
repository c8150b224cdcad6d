// Reads certificates, keys and tokens from files.

#ifndef K8SM_LIB_CLIENT_CONFIG_CREDENTIAL_FILE_H_
#define K8SM_LIB_CLIENT_CONFIG_CREDENTIAL_FILE_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>

namespace k8sm::client {

// Returns the content of the file. Fails with kInvalidConfig ("PATH: No such file or directory") if it cannot
// be read or is larger than 16 MiB. Blocks.
Result<std::string> ReadFile(const std::string& path);

// Returns the token in the file, without surrounding white space. Fails with kInvalidConfig if it is not a
// valid token. Blocks.
Result<std::string> ReadTokenFile(const std::string& path);

// Returns why this is not a valid bearer token; empty if it is valid.
std::string WhyNoToken(std::string_view token);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_CREDENTIAL_FILE_H_
