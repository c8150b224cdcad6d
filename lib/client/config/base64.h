// Base64 (RFC 4648), as used in kubeconfig's *-data fields and HTTP basic authentication.

#ifndef K8SM_LIB_CLIENT_CONFIG_BASE64_H_
#define K8SM_LIB_CLIENT_CONFIG_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

std::string EncodeBase64(std::string_view bytes);

// Requires padding and skips line breaks. Returns nullopt if the text is not valid base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_BASE64_H_
