#include "lib/mesos/master_url.h"

#include "lib/base/printable.h"
#include "lib/base/split_list.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace k8sm::mesos {
namespace {

constexpr std::size_t kMaxShown = 200;

bool IsHost(std::string_view host) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), allowed);
}

bool IsIpv6(std::string_view host) {
  const auto allowed = [](unsigned char c) { return std::isxdigit(c) != 0 || c == ':' || c == '.'; };
  return host.find(':') != std::string_view::npos && std::all_of(host.begin(), host.end(), allowed);
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && port != 0 ? std::optional(port) : std::nullopt;
}

// "host", "host:port", "[::1]:port".
std::optional<MasterUrl> ParseAuthority(std::string_view text, bool secure) {
  MasterUrl master;
  master.secure = secure;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    master.host = std::string(text.substr(1, end - 1));
    if (!IsIpv6(master.host)) return std::nullopt;
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return std::nullopt;
    if (has_port) port.remove_prefix(1);
  } else {
    const std::size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    master.host = std::string(text.substr(0, colon));
    if (!IsHost(master.host)) return std::nullopt;
    if (has_port) port = text.substr(colon + 1);
  }
  if (!has_port) return master;
  const auto number = ParsePort(port);
  if (!number) return std::nullopt;
  master.port = *number;
  return master;
}

// Removes "http://" or "https://" from the text; nullopt if it starts with neither.
std::optional<bool> TakeScheme(std::string_view& text) {
  for (const bool secure : {false, true}) {
    const std::string_view scheme = secure ? "https://" : "http://";
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    return secure;
  }
  return std::nullopt;
}

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

}  // namespace

std::string ToString(const MasterUrl& master) {
  const bool brackets = master.host.find(':') != std::string::npos;
  return (brackets ? "[" + master.host + "]" : master.host) + ":" + std::to_string(master.port);
}

Result<MasterUrl> ParseMaster(std::string_view text) {
  std::string_view rest = text;
  const bool secure = TakeScheme(rest).value_or(false);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto master = ParseAuthority(rest, secure);
  if (master) return *std::move(master);
  return Invalid(Quoted(text, kMaxShown) + " is not a master such as host:5050 or https://host:5050");
}

Result<std::vector<MasterUrl>> ParseMasters(std::string_view list) {
  if (list.find('@') != std::string_view::npos)
    return Invalid("an address has an \"@\": credentials do not belong there");
  if (list.starts_with("zk://"))
    return Invalid("takes no zk:// address; list the masters instead: host1:5050,host2:5050");
  std::vector<MasterUrl> masters;
  for (const std::string& entry : SplitList(list)) {
    auto master = ParseMaster(entry);
    if (!master) return master.error();
    masters.push_back(*std::move(master));
  }
  if (masters.empty()) return Invalid("names no master");
  return masters;
}

Result<MasterUrl> ParseLocation(std::string_view location, const MasterUrl& from) {
  std::string_view rest = location;
  bool secure = from.secure;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
  } else if (const auto scheme = TakeScheme(rest)) {
    secure = *scheme;
  } else if (rest.starts_with('/')) {
    return from;
  }
  auto master = ParseAuthority(rest.substr(0, rest.find('/')), secure);
  if (master) return *std::move(master);
  return Error{.code = Errc::kMalformed,
               .message = ToString(from) + " redirects to \"" + Printable(location, kMaxShown) + "\""};
}

}  // namespace k8sm::mesos
