#include "lib/mesos/node_labels.h"

#include "lib/kube/symbol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace k8sm::mesos {
namespace {

constexpr std::string_view kAttributePrefix = "attribute-";
constexpr std::size_t kMaxLabel = 63;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Whether the last character may end a label value.
bool HasLabelEnd(std::string_view text) {
  return IsAlphanumeric(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

bool IsLabelValue(std::string_view text) {
  if (text.empty()) return true;
  return text.size() <= kMaxLabel && IsAlphanumeric(text.front()) && HasLabelEnd(text);
}

bool IsAttributeLabel(std::string_view name) {
  return !name.empty() && kAttributePrefix.size() + name.size() <= kMaxLabel && HasLabelEnd(name);
}

std::optional<std::string> ScalarLabel(double value) {
  // Go uses an exponent below 0.0001 and from a million on; one with a plus sign is not a valid label value.
  constexpr double kLeastPlain = 1e-4;
  constexpr double kFirstExponent = 1e6;
  if (!std::isfinite(value) || std::abs(value) >= kFirstExponent) return std::nullopt;
  const bool plain = value == 0 || std::abs(value) >= kLeastPlain;
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          plain ? std::chars_format::fixed : std::chars_format::scientific);
  if (error != std::errc()) return std::nullopt;
  std::string text(buffer.data(), end);
  std::replace(text.begin(), text.end(), 'e', 'E');
  return IsLabelValue(text) ? std::optional(text) : std::nullopt;
}

void AddAttribute(std::string_view name, std::string_view value, kube::LabelMap& labels) {
  if (!IsAttributeLabel(name) || !IsLabelValue(value)) return;
  constexpr std::string_view kDomain = "k8s.mesosphere.io/";
  std::string key(kDomain);
  key.append(kAttributePrefix).append(name);
  labels.Set(kube::Symbol(key), kube::Symbol(value));
}

}  // namespace k8sm::mesos
