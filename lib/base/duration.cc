#include "lib/base/duration.h"

#include "lib/base/printable.h"

#include <charconv>

namespace k8sm {
namespace {

using std::chrono::milliseconds;

constexpr double kLongestMs = 100.0 * 365 * 24 * 3600 * 1000;

Error Invalid(std::string_view text) {
  return {.code = Errc::kInvalidConfig,
          .message = Quoted(text) + " is not a duration; write it as 500ms, 10s, 1m30s or 12h"};
}

// Milliseconds per unit and the length of the unit's name in the text; {0, 0} if there is no known unit.
struct Unit {
  double ms = 0;
  std::size_t length = 0;
};

Unit UnitAt(std::string_view text) {
  if (text.starts_with("ms")) return {1, 2};
  if (text.starts_with("us")) return {1e-3, 2};
  if (text.starts_with("ns")) return {1e-6, 2};
  if (text.starts_with("h")) return {3'600'000, 1};
  if (text.starts_with("m")) return {60'000, 1};
  if (text.starts_with("s")) return {1'000, 1};
  return {};
}

}  // namespace

Result<milliseconds> ParseDuration(std::string_view text) {
  if (text == "0") return milliseconds(0);
  if (text.empty()) return Invalid(text);
  double total_ms = 0;
  for (std::string_view rest = text; !rest.empty();) {
    double value = 0;
    const char* end = rest.data() + rest.size();
    const auto [number_end, error] = std::from_chars(rest.data(), end, value, std::chars_format::fixed);
    if (error != std::errc() || !(value >= 0) || rest.front() == '-') return Invalid(text);
    rest.remove_prefix(static_cast<std::size_t>(number_end - rest.data()));
    const Unit unit = UnitAt(rest);
    if (unit.length == 0) return Invalid(text);
    rest.remove_prefix(unit.length);
    total_ms += value * unit.ms;
  }
  if (!(total_ms <= kLongestMs)) return Invalid(text);
  return milliseconds(static_cast<milliseconds::rep>(total_ms + 0.5));
}

std::string FormatDuration(milliseconds duration) {
  const auto ms = duration.count();
  if (ms == 0) return "0s";
  if (ms < 1000) return std::to_string(ms) + "ms";
  std::string text;
  const auto hours = ms / 3'600'000;
  const auto minutes = ms / 60'000 % 60;
  if (hours > 0) text += std::to_string(hours) + "h";
  if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
  text += std::to_string(ms / 1000 % 60);
  if (const auto fraction = ms % 1000; fraction != 0) {
    std::string digits = std::to_string(1000 + fraction).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + "s";
}

}  // namespace k8sm
