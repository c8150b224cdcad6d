// Parses and formats durations in Go's syntax, as used on the command line.

#ifndef K8SM_LIB_BASE_DURATION_H_
#define K8SM_LIB_BASE_DURATION_H_

#include "lib/base/error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace k8sm {

// Parses unsigned durations in the syntax of Go's time.ParseDuration, rounded to milliseconds: "0", "0s",
// "500ms", "1.5s", "10s", "1m30s", "12h". Fails with kInvalidConfig for anything else and for more than 100
// years.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// Formats a duration as Go does: "1m30s", "500ms", "12h0m0s"; "0s" for zero.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_DURATION_H_
