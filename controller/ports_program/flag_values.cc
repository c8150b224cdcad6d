#include "controller/ports_program/flag_values.h"

#include "lib/base/split_list.h"
#include "lib/ports/port_text.h"

#include <charconv>
#include <system_error>
#include <utility>

namespace k8sm::ports_program {

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

Result<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && number >= least && number <= most) return number;
  return Invalid("has to be a number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<ports::PortSet> ParsePorts(const std::string& text) {
  std::string ranges;
  for (const std::string& range : SplitList(text)) {
    ranges += ranges.empty() ? "[" : ",";
    ranges += range.find('-') == std::string::npos ? range + "-" + range : range;
  }
  return ports::ParseRanges(ranges.empty() ? "[]" : ranges + "]");
}

}  // namespace k8sm::ports_program
