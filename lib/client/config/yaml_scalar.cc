#include "lib/client/config/yaml_scalar.h"

#include "lib/base/utf8.h"
#include "lib/client/config/base64.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace k8sm::client {
namespace {

using Kind = YamlValue::Kind;

constexpr std::array<std::string_view, 5> kNulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrues{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                  "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalses{"n",     "N",     "no",  "No",  "NO", "false",
                                                   "False", "FALSE", "off", "Off", "OFF"};

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Removes the digits at the front of `text` and returns their number.
std::size_t TakeDigits(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(size);
  return size;
}

bool TakeOneOf(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 8259, section 6.
bool IsJsonNumber(std::string_view text) {
  TakeOneOf(text, "-");
  if (text.size() > 1 && text.front() == '0' && std::isdigit(static_cast<unsigned char>(text[1])) != 0)
    return false;
  if (TakeDigits(text) == 0) return false;
  if (TakeOneOf(text, ".") && TakeDigits(text) == 0) return false;
  if (TakeOneOf(text, "eE")) {
    TakeOneOf(text, "+-");
    if (TakeDigits(text) == 0) return false;
  }
  return text.empty();
}

// Floats of YAML 1.1 that are not valid JSON: "+1", "1.", ".5".
bool IsFloat(std::string_view text) {
  TakeOneOf(text, "+-");
  std::size_t digits = TakeDigits(text);
  if (TakeOneOf(text, ".")) digits += TakeDigits(text);
  if (digits == 0) return false;
  if (TakeOneOf(text, "eE")) {
    TakeOneOf(text, "+-");
    if (TakeDigits(text) == 0) return false;
  }
  return text.empty();
}

struct Radix {
  int base;
  std::size_t prefix;
};

Radix RadixOf(std::string_view digits) {
  if (digits.starts_with("0x") || digits.starts_with("0X")) return {16, 2};
  if (digits.starts_with("0b") || digits.starts_with("0B")) return {2, 2};
  if (digits.starts_with("0o") || digits.starts_with("0O")) return {8, 2};
  if (digits.size() > 1 && digits.front() == '0') return {8, 1};
  return {10, 0};
}

// Converts a decimal, hexadecimal, octal or binary integer to JSON.
std::optional<std::string> ReadInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  TakeOneOf(text, "+-");
  const Radix radix = RadixOf(text);
  text.remove_prefix(radix.prefix);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix.base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return (negative ? "-" : "") + std::to_string(value);
}

std::optional<std::string> ReadFloat(const std::string& text) {
  if (!IsFloat(text)) return std::nullopt;
  const double value = std::strtod(text.c_str(), nullptr);
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  std::string json(digits.data(), end);
  if (error != std::errc() || !IsJsonNumber(json)) return std::nullopt;
  return json;
}

// Converts to JSON; digits may be separated by "_".
std::optional<std::string> ReadNumber(std::string text) {
  if (text.empty() || std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos)
    return std::nullopt;
  std::erase(text, '_');
  if (IsJsonNumber(text)) return text;
  if (auto integer = ReadInteger(text)) return integer;
  return ReadFloat(text);
}

YamlValue Scalar(Kind kind, std::string text) {
  YamlValue value;
  value.kind = kind;
  value.text = std::move(text);
  return value;
}

YamlValue ResolvePlain(const std::string& text) {
  if (IsOneOf(text, kNulls)) return Scalar(Kind::kNull, "");
  if (IsOneOf(text, kTrues)) return Scalar(Kind::kBool, "true");
  if (IsOneOf(text, kFalses)) return Scalar(Kind::kBool, "false");
  if (auto number = ReadNumber(text)) return Scalar(Kind::kNumber, std::move(*number));
  return Scalar(Kind::kText, text);
}

std::optional<YamlValue> PlainOfKind(Kind kind, const std::string& text) {
  YamlValue value = ResolvePlain(text);
  if (value.kind != kind) return std::nullopt;
  return value;
}

std::optional<YamlValue> Binary(const std::string& text) {
  auto bytes = DecodeBase64(text);
  // The decoded bytes must be text.
  if (!bytes || Utf8Prefix(*bytes) != bytes->size()) return std::nullopt;
  return Scalar(Kind::kText, std::move(*bytes));
}

}  // namespace

std::optional<YamlValue> ResolveScalar(std::string_view tag, const std::string& text) {
  if (tag == "?" || tag.empty()) return ResolvePlain(text);
  if (!tag.starts_with(kYamlTagPrefix)) return Scalar(Kind::kText, text);
  tag.remove_prefix(kYamlTagPrefix.size());
  if (tag == "binary") return Binary(text);
  if (tag == "null") return PlainOfKind(Kind::kNull, text);
  if (tag == "bool") return PlainOfKind(Kind::kBool, text);
  if (tag == "int" || tag == "float") return PlainOfKind(Kind::kNumber, text);
  return Scalar(Kind::kText, text);
}

}  // namespace k8sm::client
