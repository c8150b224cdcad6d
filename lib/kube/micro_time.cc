#include "lib/kube/micro_time.h"

#include "lib/kube/timestamp.h"

#include <algorithm>
#include <cstddef>

namespace k8sm::kube {
namespace {

using std::chrono::microseconds;

constexpr std::size_t kDigits = 6;

// The fraction of a second. REQUIRES: `text` is a valid timestamp.
microseconds FractionOf(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return microseconds(0);
  std::string digits(text.substr(point + 1, kDigits));
  digits.resize(std::min(digits.find_first_not_of("0123456789"), digits.size()));
  digits.resize(kDigits, '0');
  return microseconds(std::stoi(digits));
}

}  // namespace

std::optional<MicroTime> ParseMicroTime(std::string_view text) {
  const auto whole = ParseTimestamp(text);
  if (!whole) return std::nullopt;
  return *whole + FractionOf(text);
}

std::string FormatMicroTime(MicroTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::string digits = std::to_string((time - whole).count());
  std::string text = FormatTimestamp(whole);
  text.pop_back();
  return text + "." + std::string(kDigits - digits.size(), '0') + digits + "Z";
}

}  // namespace k8sm::kube
