// Durations as the command line spells them.

#ifndef K8SM_LIB_BASE_DURATION_H_
#define K8SM_LIB_BASE_DURATION_H_

#include "lib/base/error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace k8sm {

// Parses what Go's time.ParseDuration does, to the millisecond and without a sign: "0", "0s", "500ms",
// "1.5s", "10s", "1m30s", "12h". kInvalidConfig for anything else, or for more than 100 years.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "1m30s", "500ms", "12h0m0s" as Go prints it; "0s" for zero.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_DURATION_H_
