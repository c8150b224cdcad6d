// Base64 (RFC 4648), as kubeconfig's *-data fields and HTTP's basic authentication use it.

#ifndef K8SM_LIB_CLIENT_BASE64_H_
#define K8SM_LIB_CLIENT_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

std::string EncodeBase64(std::string_view bytes);

// Padding is required; line breaks are skipped. Nothing where the text is no base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_BASE64_H_
