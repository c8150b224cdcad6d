// Times with microseconds in the Kubernetes API.

#ifndef K8SM_LIB_KUBE_MICRO_TIME_H_
#define K8SM_LIB_KUBE_MICRO_TIME_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

// A meta/v1 MicroTime: UTC, to the microsecond.
using MicroTime = std::chrono::sys_time<std::chrono::microseconds>;

// Parses the formats of ParseTimestamp and keeps the first six digits of the fraction. nullopt if invalid.
std::optional<MicroTime> ParseMicroTime(std::string_view text);

// Formats with exactly six digits: "2026-11-22T10:34:21.000250Z" (RFC3339Micro of k8s.io/apimachinery).
std::string FormatMicroTime(MicroTime time);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_MICRO_TIME_H_
