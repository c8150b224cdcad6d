// Resource usage of the process, from /proc.

#ifndef K8SM_LIB_METRICS_PROCESS_METRICS_H_
#define K8SM_LIB_METRICS_PROCESS_METRICS_H_

#include "lib/metrics/registry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::metrics {

// Adds process_*, with the names that all Prometheus clients use. Metrics that cannot be read are omitted.
void AddProcessMetrics(Registry& registry);

// Fields of /proc/PID/stat.
struct ProcessStat {
  std::uint64_t cpu_ticks = 0;    // user and system time
  std::uint64_t start_ticks = 0;  // since boot
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};

// Returns nullopt if the format is unexpected. The program's name may contain blanks and parentheses.
std::optional<ProcessStat> ParseProcessStat(std::string_view text);

// Traffic of the process's network namespace in bytes.
struct NetworkBytes {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
};

// Returns the totals in the IpExt line of /proc/PID/net/netstat; nullopt if it is missing.
std::optional<NetworkBytes> ParseNetstat(std::string_view text);

// Returns the soft limit of that name ("Max open files") in /proc/PID/limits; infinity if unlimited, nullopt
// if it is missing.
std::optional<double> ParseLimit(std::string_view text, std::string_view name);

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_PROCESS_METRICS_H_
