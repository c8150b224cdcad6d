#include "lib/ports/demand.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace k8sm::ports {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool IsWildcard(const PodSpec& spec, const SchedulerRules& rules) {
  if (spec.port_mapping == "wildcard") return true;
  if (spec.port_mapping == "fixed") return false;
  return rules.wildcard;
}

std::vector<Port> Doubled(std::vector<Port> ports) {
  std::sort(ports.begin(), ports.end());
  std::vector<Port> doubled;
  for (auto port = ports.begin(); port != ports.end();) {
    const auto next = std::upper_bound(port, ports.end(), *port);
    if (next - port > 1) doubled.push_back(*port);
    port = next;
  }
  return doubled;
}

void Mix(std::size_t& hash, std::size_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
  hash ^= hash >> 29;
}

}  // namespace

std::vector<std::string> ParseRoles(std::string_view text, std::span<const std::string> framework_roles) {
  std::vector<std::string> roles;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string role(Trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool known =
        std::find(framework_roles.begin(), framework_roles.end(), role) != framework_roles.end();
    if (known && !role.empty() && std::find(roles.begin(), roles.end(), role) == roles.end()) {
      roles.push_back(role);
    }
  }
  return roles;
}

Demand DemandOf(const PodSpec& spec, const SchedulerRules& rules) {
  Demand demand;
  std::vector<Port> fixed;
  std::uint32_t open = 0;
  for (const DeclaredPort& port : spec.ports) {
    const Port number = port.host_port == 0 && spec.host_network ? port.container_port : port.host_port;
    if (number == 0) {
      ++open;
    } else {
      fixed.push_back(number);
    }
  }
  const std::size_t declared = fixed.size();
  demand.doubled = Doubled(fixed);
  demand.fixed = PortSet::OfPorts(std::move(fixed));
  demand.surplus = static_cast<std::uint32_t>(declared - demand.fixed.size());
  demand.wild = IsWildcard(spec, rules) ? open : 0;
  demand.roles = spec.roles ? ParseRoles(*spec.roles, rules.framework_roles) : rules.default_roles;
  demand.node = spec.node;
  demand.selector = spec.selector;
  return demand;
}

std::size_t HashOf(const Demand& demand) {
  std::size_t hash = demand.wild;
  for (const Range& range : demand.fixed.ranges()) Mix(hash, std::size_t{range.begin} << 16 | range.end);
  for (const Port port : demand.doubled) Mix(hash, port);
  Mix(hash, demand.surplus);
  for (const std::string& role : demand.roles) Mix(hash, std::hash<std::string>()(role));
  Mix(hash, HashOf(demand.node));
  for (const kube::Label& label : demand.selector) {
    Mix(hash, HashOf(label.key));
    Mix(hash, HashOf(label.value));
  }
  return hash;
}

}  // namespace k8sm::ports
