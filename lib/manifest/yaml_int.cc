#include "lib/manifest/yaml_int.h"

#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <utility>

namespace k8sm::manifest {
namespace {

constexpr std::int64_t kMax = std::int64_t{1} << 53;

// Takes the prefix that names the base off the digits.
int TakeBase(std::string_view& digits) {
  for (const auto& [prefix, base] : {std::pair("0x", 16), std::pair("0X", 16), std::pair("0o", 8),
                                     std::pair("0O", 8), std::pair("0b", 2), std::pair("0B", 2)}) {
    if (!digits.starts_with(prefix)) continue;
    digits.remove_prefix(2);
    return base;
  }
  const bool octal =
      digits.starts_with('0') && digits.find_first_not_of("01234567") == std::string_view::npos;
  return octal ? 8 : 10;
}

std::optional<std::int64_t> ParseDigits(std::string_view digits, int base) {
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc() || stop != end || number > kMax) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> ParseFloat(std::string_view digits) {
  if (digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (number < 0 || number != std::trunc(number) || number > static_cast<double>(kMax)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<std::int64_t> ParseYamlInt(std::string text) {
  if (text.starts_with('_')) return std::nullopt;
  std::erase(text, '_');
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with('-')) return std::nullopt;
  const int base = TakeBase(digits);
  auto number = ParseDigits(digits, base);
  if (!number && base == 10) number = ParseFloat(digits);
  if (number && negative) return -*number;
  return number;
}

}  // namespace k8sm::manifest
