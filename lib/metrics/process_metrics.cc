#include "lib/metrics/process_metrics.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace k8sm::metrics {
namespace {

// Indexes of fields in /proc/PID/stat, counted from 0 after the name in parentheses (man proc).
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> Words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

std::optional<std::uint64_t> Number(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// Returns the lines that start with `beginning`, without it.
std::vector<std::string_view> LinesAfter(std::string_view text, std::string_view beginning) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(beginning)) lines.push_back(line.substr(beginning.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

double TicksToSeconds(std::uint64_t ticks) {
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// When the machine was booted, in seconds since 1970.
std::optional<double> BootTime() {
  const std::string stat = ReadFile("/proc/stat");
  const auto lines = LinesAfter(stat, "btime ");
  const auto time = lines.empty() ? std::nullopt : Number(lines.front());
  if (!time) return std::nullopt;
  return static_cast<double>(*time);
}

std::optional<double> StartTime() {
  const auto boot_time = BootTime();
  const auto stat = ParseProcessStat(ReadFile("/proc/self/stat"));
  if (!boot_time || !stat) return std::nullopt;
  return *boot_time + TicksToSeconds(stat->start_ticks);
}

std::optional<double> OpenFiles() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++count;
  }
  if (error) return std::nullopt;
  return count - 1;  // minus the descriptor of the directory itself
}

std::optional<double> FromStat(double (*value)(const ProcessStat& stat)) {
  const auto stat = ParseProcessStat(ReadFile("/proc/self/stat"));
  return stat ? std::optional(value(*stat)) : std::nullopt;
}

std::optional<double> FromNetstat(std::uint64_t NetworkBytes::*value) {
  const auto bytes = ParseNetstat(ReadFile("/proc/self/net/netstat"));
  return bytes ? std::optional(static_cast<double>((*bytes).*value)) : std::nullopt;
}

std::optional<double> FromLimits(std::string_view name) {
  return ParseLimit(ReadFile("/proc/self/limits"), name);
}

Registry::Read ReadOne(std::function<std::optional<double>()> value) {
  return [value = std::move(value)]() -> std::vector<Sample> {
    const auto now = value();
    return now ? std::vector<Sample>{{*now, {}}} : std::vector<Sample>();
  };
}

}  // namespace

void AddProcessMetrics(Registry& registry) {
  registry.ReadCounter(
      "process_cpu_seconds_total", "CPU time that the process has used, user and system.", ReadOne([] {
        return FromStat([](const ProcessStat& stat) { return TicksToSeconds(stat.cpu_ticks); });
      }));
  registry.ReadGauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", ReadOne([] {
                       return FromStat([](const ProcessStat& stat) {
                         return static_cast<double>(stat.resident_pages) *
                                static_cast<double>(sysconf(_SC_PAGESIZE));
                       });
                     }));
  registry.ReadGauge(
      "process_virtual_memory_bytes", "Address space that the process has mapped.", ReadOne([] {
        return FromStat([](const ProcessStat& stat) { return static_cast<double>(stat.virtual_bytes); });
      }));
  registry.ReadGauge("process_virtual_memory_max_bytes", "Address space that the process may map.",
                     ReadOne([] { return FromLimits("Max address space"); }));
  registry.ReadGauge("process_open_fds", "File descriptors that are open.", ReadOne(OpenFiles));
  registry.ReadGauge("process_max_fds", "File descriptors that may be open.",
                     ReadOne([] { return FromLimits("Max open files"); }));
  registry.ReadGauge("process_start_time_seconds", "When the process was started, in seconds since 1970.",
                     ReadOne([start = StartTime()] { return start; }));
  registry.ReadCounter("process_network_receive_bytes_total",
                       "Bytes that have arrived in the process' network namespace.",
                       ReadOne([] { return FromNetstat(&NetworkBytes::received); }));
  registry.ReadCounter("process_network_transmit_bytes_total",
                       "Bytes that were sent from the process' network namespace.",
                       ReadOne([] { return FromNetstat(&NetworkBytes::sent); }));
}

std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> words = Words(text.substr(name_end + 1));
  if (words.size() <= kResidentPages) return std::nullopt;
  const auto user = Number(words[kUserTicks]);
  const auto system = Number(words[kSystemTicks]);
  const auto start = Number(words[kStartTicks]);
  const auto virtual_bytes = Number(words[kVirtualBytes]);
  const auto resident = Number(words[kResidentPages]);
  if (!user || !system || !start || !virtual_bytes || !resident) return std::nullopt;
  return ProcessStat{*user + *system, *start, *virtual_bytes, *resident};
}

std::optional<NetworkBytes> ParseNetstat(std::string_view text) {
  // One line with the names of the columns and one with their values.
  const auto lines = LinesAfter(text, "IpExt:");
  if (lines.size() != 2) return std::nullopt;
  const std::vector<std::string> names = Words(lines[0]);
  const std::vector<std::string> values = Words(lines[1]);
  const auto value = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const auto column = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    return column < std::min(names.size(), values.size()) ? Number(values[column]) : std::nullopt;
  };
  const auto received = value("InOctets");
  const auto sent = value("OutOctets");
  if (!received || !sent) return std::nullopt;
  return NetworkBytes{*received, *sent};
}

std::optional<double> ParseLimit(std::string_view text, std::string_view name) {
  const auto lines = LinesAfter(text, name);
  const auto words = lines.empty() ? std::vector<std::string>() : Words(lines.front());
  if (words.empty()) return std::nullopt;
  if (words.front() == "unlimited") return std::numeric_limits<double>::infinity();
  const auto number = Number(words.front());
  if (!number) return std::nullopt;
  return static_cast<double>(*number);
}

}  // namespace k8sm::metrics
