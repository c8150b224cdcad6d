#include "lib/ports/mapper.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace k8sm::ports {
namespace {

using Taken = std::set<Port>;

// Calls visit(role, range) for each range that the roles may use, in the mapper's order, until it returns
// true.
template <class Visit>
void WalkRanges(std::span<const OfferedPorts> offer, const std::vector<std::string>& roles, Visit visit) {
  for (const std::string& role : roles) {
    for (const OfferedPorts& resource : offer) {
      if (resource.role != role) continue;
      for (const Range& range : resource.ranges) {
        if (visit(role, range)) return;
      }
    }
  }
}

std::optional<std::string> RoleOf(std::span<const OfferedPorts> offer, const std::vector<std::string>& roles,
                                  Port port) {
  std::optional<std::string> found;
  WalkRanges(offer, roles, [&](const std::string& role, const Range& range) {
    if (range.begin <= port && port <= range.end) found = role;
    return found.has_value();
  });
  return found;
}

std::optional<MappedPort> TakeLowest(std::span<const OfferedPorts> offer,
                                     const std::vector<std::string>& roles, const Taken& taken) {
  std::optional<MappedPort> found;
  WalkRanges(offer, roles, [&](const std::string& role, const Range& range) {
    for (std::uint32_t port = range.begin; port <= range.end && !found; ++port) {
      if (!taken.contains(static_cast<Port>(port))) found = MappedPort{0, static_cast<Port>(port), role};
    }
    return found.has_value();
  });
  return found;
}

}  // namespace

Mapping MapPorts(std::span<const OfferedPorts> offer, const PodSpec& spec, const SchedulerRules& rules) {
  const Demand demand = DemandOf(spec, rules);
  if (!demand.doubled.empty()) return {.result = Mapping::Result::kDuplicate};
  Mapping mapping;
  Taken taken;
  for (std::size_t i = 0; i < spec.ports.size(); ++i) {
    const DeclaredPort& port = spec.ports[i];
    const Port number = port.host_port == 0 && spec.host_network ? port.container_port : port.host_port;
    if (number == 0) continue;
    if (const auto role = RoleOf(offer, demand.roles, number)) {
      mapping.mapped.push_back({i, number, *role});
      taken.insert(number);
    } else {
      mapping.unmet.push_back(number);
    }
  }
  if (!mapping.unmet.empty()) return {.result = Mapping::Result::kNoRoom, .unmet = std::move(mapping.unmet)};
  for (std::size_t i = 0; i < spec.ports.size() && demand.wild > 0; ++i) {
    if (spec.ports[i].host_port != 0 || spec.host_network) continue;
    auto lowest = TakeLowest(offer, demand.roles, taken);
    if (!lowest) return {.result = Mapping::Result::kNoRoom};
    lowest->declared = i;
    taken.insert(lowest->host_port);
    mapping.mapped.push_back(*std::move(lowest));
  }
  std::sort(mapping.mapped.begin(), mapping.mapped.end(),
            [](const MappedPort& a, const MappedPort& b) { return a.declared < b.declared; });
  return mapping;
}

}  // namespace k8sm::ports
