// Times in the Kubernetes API.

#ifndef K8SM_LIB_KUBE_TIMESTAMP_H_
#define K8SM_LIB_KUBE_TIMESTAMP_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

// A meta/v1 Time: UTC, to the second.
using Timestamp = std::chrono::sys_seconds;

// Parses RFC 3339: "2026-11-22T10:34:21Z", with any offset; a fraction is dropped. nullopt if invalid.
std::optional<Timestamp> ParseTimestamp(std::string_view text);

// Formats as Go's RFC3339Nano does for whole seconds: "2026-11-22T10:34:21Z".
std::string FormatTimestamp(Timestamp time);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_TIMESTAMP_H_
