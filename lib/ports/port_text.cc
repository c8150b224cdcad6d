#include "lib/ports/port_text.h"

#include "lib/base/printable.h"

#include <cctype>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace k8sm::ports {
namespace {

constexpr std::size_t kMaxExcerpt = 40;

class RangesReader {
 public:
  explicit RangesReader(std::string_view text) : text_(text) {}

  Result<PortSet> Read() {
    if (!Take('[')) return Fail("expected \"[\"");
    std::vector<Range> ranges;
    if (!Take(']')) {
      do {
        const auto range = ReadRange();
        if (!range) return range.error();
        ranges.push_back(*range);
      } while (Take(','));
      if (!Take(']')) return Fail("expected \",\" or \"]\"");
    }
    SkipBlanks();
    if (pos_ != text_.size()) return Fail("expected the end");
    return PortSet::Of(std::move(ranges));
  }

 private:
  Result<Range> ReadRange() {
    const auto begin = ReadPort();
    if (!begin) return begin.error();
    if (!Take('-')) return Fail("expected \"-\"");
    const auto end = ReadPort();
    if (!end) return end.error();
    if (*begin > *end) return Fail("a range that ends before it begins");
    return Range{*begin, *end};
  }

  Result<Port> ReadPort() {
    SkipBlanks();
    const std::size_t start = pos_;
    std::uint32_t number = 0;
    while (pos_ < text_.size() && text_[pos_] >= '0' && text_[pos_] <= '9' && number <= kMaxPort) {
      number = number * 10 + static_cast<std::uint32_t>(text_[pos_++] - '0');
    }
    if (pos_ == start) return Fail("expected a number");
    if (number == 0 || number > kMaxPort) return Fail("a port is a number from 1 to 65535");
    return static_cast<Port>(number);
  }

  void SkipBlanks() {
    while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_])) != 0) ++pos_;
  }

  bool Take(char c) {
    SkipBlanks();
    if (pos_ == text_.size() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }

  Error Fail(std::string_view why) const {
    return {.code = Errc::kMalformed,
            .message = "port ranges: byte " + std::to_string(pos_) + ": " + std::string(why)};
  }

  std::string_view text_;
  std::size_t pos_ = 0;
};

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

Error BadResource(std::string_view resource, std::string_view why) {
  return {.code = Errc::kMalformed,
          .message = "resource \"" + Printable(resource, kMaxExcerpt) + "\": " + std::string(why)};
}

// The role in "ports" or "ports(ROLE)"; nullopt for another resource.
std::optional<std::string_view> RoleOfPorts(std::string_view name) {
  constexpr std::string_view kPorts = "ports";
  if (name == kPorts) return "*";
  if (name.substr(0, kPorts.size()) != kPorts) return std::nullopt;
  name = Trim(name.substr(kPorts.size()));
  if (name.size() < 3 || name.front() != '(' || name.back() != ')') return std::nullopt;
  return Trim(name.substr(1, name.size() - 2));
}

}  // namespace

Result<PortSet> ParseRanges(std::string_view text) {
  if (text.size() > kMaxRangesText)
    return Error{.code = Errc::kMalformed, .message = "port ranges: more than 64 KiB"};
  return RangesReader(text).Read();
}

Result<std::map<std::string, PortSet>> ParseResources(std::string_view text) {
  std::map<std::string, PortSet> roles;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view resource = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (resource.empty()) continue;
    const std::size_t colon = resource.find(':');
    if (colon == std::string_view::npos) return BadResource(resource, "expected NAME:VALUE");
    const auto role = RoleOfPorts(Trim(resource.substr(0, colon)));
    if (!role) continue;
    auto ports = ParseRanges(resource.substr(colon + 1));
    if (!ports) return BadResource(resource, ports.error().message);
    PortSet& set = roles[std::string(*role)];
    set = set | *ports;
  }
  return roles;
}

}  // namespace k8sm::ports
