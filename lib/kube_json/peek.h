// Finds which version of which object a text contains, without decoding it.

#ifndef K8SM_LIB_KUBE_JSON_PEEK_H_
#define K8SM_LIB_KUBE_JSON_PEEK_H_

#include "lib/kube/object_meta.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace k8sm::kube_json {

// Returns the version of an object of a namespace; nullopt if its metadata is not within the first
// kPeekedBytes, is incomplete, or is not JSON. API servers write the metadata first. The rest of the text is
// not looked at, so use it only to recognize an object that has been decoded before.
std::optional<kube::ObjectVersion> PeekVersion(std::string_view json);

inline constexpr std::size_t kPeekedBytes = 2048;

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_PEEK_H_
