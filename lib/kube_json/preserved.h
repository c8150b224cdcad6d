// Writes the metadata that updates preserve, for decoders of another encoding.

#ifndef K8SM_LIB_KUBE_JSON_PRESERVED_H_
#define K8SM_LIB_KUBE_JSON_PRESERVED_H_

#include "lib/kube/timestamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube_json {

// A meta/v1 OwnerReference.
struct OwnerReference {
  std::string_view api_version;
  std::string_view kind;
  std::string_view name;
  std::string_view uid;
  std::optional<bool> controller;
  std::optional<bool> block_owner_deletion;
  friend bool operator==(const OwnerReference&, const OwnerReference&) = default;
};

// The fields of a meta/v1 ObjectMeta that belong to ObjectMeta::preserved; absent if empty.
struct PreservedMeta {
  std::string_view generate_name;
  kube::OptionalTimestamp deletion_timestamp;
  std::optional<std::int64_t> deletion_grace_period_seconds;
  std::vector<OwnerReference> owner_references;
  std::vector<std::string_view> finalizers;
  friend bool operator==(const PreservedMeta&, const PreservedMeta&) = default;
};

// Returns the text that Decode() has in ObjectMeta::preserved if an API server sends this metadata in JSON.
std::string EncodePreserved(const PreservedMeta& meta);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_PRESERVED_H_
