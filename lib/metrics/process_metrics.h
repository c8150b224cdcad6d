// What the process uses of the machine, as /proc tells.

#ifndef K8SM_LIB_METRICS_PROCESS_METRICS_H_
#define K8SM_LIB_METRICS_PROCESS_METRICS_H_

#include "lib/metrics/registry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::metrics {

// Adds process_*, named as every Prometheus client names them. What can't be read is left out.
void AddProcessMetrics(Registry& registry);

// What /proc/PID/stat tells.
struct ProcessStat {
  std::uint64_t cpu_ticks = 0;    // user and system
  std::uint64_t start_ticks = 0;  // since the machine's start
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};

// Nothing where the text has another form. A program's name may hold anything, blanks and parentheses too.
std::optional<ProcessStat> ParseProcessStat(std::string_view text);

struct NetworkBytes {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
};

// The sum over /proc/PID/net/netstat's line IpExt; nothing where it is not there.
std::optional<NetworkBytes> ParseNetstat(std::string_view text);

// The soft limit of that name ("Max open files") in /proc/PID/limits; infinite where it is unlimited.
std::optional<double> ParseLimit(std::string_view text, std::string_view name);

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_PROCESS_METRICS_H_
