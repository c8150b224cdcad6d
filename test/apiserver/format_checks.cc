#include "test/apiserver/format_checks.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace k8sm::apiserver {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxSubdomain = 253;

constexpr std::string_view kLabelForm =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kSubdomainForm =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kQualifiedForm =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kValueForm =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    "for "
    "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsAlphanumeric(char c) {
  return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
}

bool HasLabelForm(std::string_view text) {
  if (text.empty() || !IsLowerOrDigit(text.front()) || !IsLowerOrDigit(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

bool HasSubdomainForm(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!HasLabelForm(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// The syntax of label values and of the name part of label keys.
bool HasValueForm(std::string_view text) {
  if (text.empty() || !IsAlphanumeric(text.front()) || !IsAlphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string AtMost(std::size_t count) {
  return "must be no more than " + std::to_string(count) + " bytes";
}

using Bytes = std::array<unsigned char, 16>;

bool IsV4(const std::string& address) {
  return address.find(':') == address.npos;
}

bool ParseIp(const std::string& address, Bytes& bytes) {
  return inet_pton(IsV4(address) ? AF_INET : AF_INET6, address.c_str(), bytes.data()) == 1;
}

enum class SpecialIp { kNone, kUnspecified, kLoopback, kLinkLocal, kLinkLocalMulticast };

SpecialIp SpecialV4(const unsigned char* b) {
  if ((b[0] | b[1] | b[2] | b[3]) == 0) return SpecialIp::kUnspecified;
  if (b[0] == 127) return SpecialIp::kLoopback;
  if (b[0] == 169 && b[1] == 254) return SpecialIp::kLinkLocal;
  if (b[0] == 224 && b[1] == 0 && b[2] == 0) return SpecialIp::kLinkLocalMulticast;
  return SpecialIp::kNone;
}

bool IsMapped(const Bytes& b) {
  return std::all_of(b.begin(), b.begin() + 10, [](unsigned char c) { return c == 0; }) && b[10] == 0xff &&
         b[11] == 0xff;
}

SpecialIp SpecialV6(const Bytes& b) {
  if (IsMapped(b)) return SpecialV4(b.data() + 12);
  const bool zero = std::all_of(b.begin(), b.end() - 1, [](unsigned char c) { return c == 0; });
  if (zero && b[15] == 0) return SpecialIp::kUnspecified;
  if (zero && b[15] == 1) return SpecialIp::kLoopback;
  if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) return SpecialIp::kLinkLocal;
  if (b[0] == 0xff && (b[1] & 0x0f) == 0x02) return SpecialIp::kLinkLocalMulticast;
  return SpecialIp::kNone;
}

}  // namespace

bool IsDnsLabel(std::string_view text) {
  return text.size() <= kMaxLabel && HasLabelForm(text);
}

bool IsDnsSubdomain(std::string_view text) {
  return text.size() <= kMaxSubdomain && HasSubdomainForm(text);
}

void CheckName(NameForm form, std::string_view name, const std::string& path, FieldErrors& errors) {
  const bool label = form == NameForm::kDnsLabel;
  const std::size_t max = label ? kMaxLabel : kMaxSubdomain;
  if (name.size() > max) errors.Invalid(path, name, AtMost(max));
  if (label && !HasLabelForm(name)) errors.Invalid(path, name, kLabelForm);
  if (!label && !HasSubdomainForm(name)) errors.Invalid(path, name, kSubdomainForm);
}

void CheckPortName(std::string_view name, const std::string& path, FieldErrors& errors) {
  if (name.size() > 15) errors.Invalid(path, name, "must be no more than 15 characters");
  if (!std::all_of(name.begin(), name.end(), [](char c) { return IsLowerOrDigit(c) || c == '-'; })) {
    errors.Invalid(path, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    errors.Invalid(path, name, "must contain at least one letter (a-z)");
  }
  if (name.find("--") != name.npos) errors.Invalid(path, name, "must not contain consecutive hyphens");
  if (name.starts_with('-') || name.ends_with('-')) {
    errors.Invalid(path, name, "must not begin or end with a hyphen");
  }
}

void CheckPortNumber(std::int64_t port, const std::string& path, FieldErrors& errors) {
  if (port < 1 || port > 65535) errors.Invalid(path, port, "must be between 1 and 65535, inclusive");
}

void CheckProtocol(const Json& port, const std::string& path, FieldErrors& errors) {
  const std::string_view protocol = GetString(port, "protocol");
  if (protocol.empty()) {
    errors.Required(path);
  } else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.NotSupported(path, protocol, {"SCTP", "TCP", "UDP"});
  }
}

void CheckQualifiedName(std::string_view name, const std::string& path, FieldErrors& errors) {
  std::string_view local = name;
  if (const std::size_t slash = name.find('/'); slash != name.npos) {
    const std::string_view prefix = name.substr(0, slash);
    local = name.substr(slash + 1);
    if (prefix.empty()) errors.Invalid(path, name, "prefix part must be non-empty");
    if (!prefix.empty() && !IsDnsSubdomain(prefix)) {
      errors.Invalid(path, name, "prefix part " + std::string(kSubdomainForm));
    }
  }
  if (local.empty()) errors.Invalid(path, name, "name part must be non-empty");
  if (local.size() > kMaxLabel) errors.Invalid(path, name, "name part " + AtMost(kMaxLabel));
  if (!HasValueForm(local)) errors.Invalid(path, name, kQualifiedForm);
}

void CheckLabels(const Json* labels, const std::string& path, FieldErrors& errors) {
  if (!labels || !labels->IsObject()) return;
  for (const auto& label : labels->GetObject()) {
    CheckQualifiedName(label.name.GetString(), path, errors);
    const std::string_view value(label.value.GetString(), label.value.GetStringLength());
    if (value.size() > kMaxLabel) errors.Invalid(path, value, AtMost(kMaxLabel));
    if (!value.empty() && !HasValueForm(value)) errors.Invalid(path, value, kValueForm);
  }
}

bool IsIp(const std::string& address, AddressFamily family) {
  Bytes bytes{};
  if (!ParseIp(address, bytes)) return false;
  if (family == AddressFamily::kAny) return true;
  return IsV4(address) == (family == AddressFamily::kIPv4);
}

bool IsMappedIp(const std::string& address) {
  Bytes bytes{};
  return !IsV4(address) && ParseIp(address, bytes) && IsMapped(bytes);
}

void CheckNonSpecialIp(const std::string& address, const std::string& path, FieldErrors& errors) {
  Bytes bytes{};
  if (!ParseIp(address, bytes)) return;
  switch (IsV4(address) ? SpecialV4(bytes.data()) : SpecialV6(bytes)) {
    case SpecialIp::kNone:
      return;
    case SpecialIp::kUnspecified:
      return errors.Invalid(path, address, "may not be unspecified (0.0.0.0 or ::)");
    case SpecialIp::kLoopback:
      return errors.Invalid(path, address, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    case SpecialIp::kLinkLocal:
      return errors.Invalid(path, address, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    case SpecialIp::kLinkLocalMulticast:
      return errors.Invalid(path, address,
                            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

}  // namespace k8sm::apiserver
