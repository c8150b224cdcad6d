#include "lib/ports/headroom.h"

#include <algorithm>
#include <vector>

namespace k8sm::ports {
namespace {

std::uint64_t RoomOn(const PortSet& ports, const Demand& demand, bool one_per_agent) {
  if (one_per_agent || !demand.fixed.empty()) return HasRoom(ports, demand) ? 1 : 0;
  return ports.size() / demand.wild;
}

// Fast path: whether some fixed port is not available on any agent.
bool IsNowhere(const Demand& demand, const std::vector<std::uint32_t>& count) {
  return std::any_of(demand.fixed.ranges().begin(), demand.fixed.ranges().end(), [&](const Range& range) {
    return std::find(count.begin() + range.begin, count.begin() + range.end + 1, 0U) !=
           count.begin() + range.end + 1;
  });
}

}  // namespace

Headroom HeadroomOf(const PortSpace& space, const Demand& demand, Basis basis,
                    std::span<const HolderIndex> without, std::uint64_t enough, bool one_per_agent) {
  if (!demand.doubled.empty()) return {};
  const RoleView& view = space.ViewFor(demand.roles);
  const bool given_back = basis == Basis::kFree && !without.empty();
  if (!given_back && IsNowhere(demand, basis == Basis::kFree ? view.free_count : view.offer_count)) return {};
  std::vector<AgentIndex> some;
  std::span<const AgentIndex> agents = space.active();
  if (!IsForAnyAgent(demand)) {
    some = basis == Basis::kOfferEver ? space.EligibleEver(demand) : space.Eligible(demand);
    agents = some;
  }
  if (!demand.wants_ports()) return {.unlimited = !agents.empty()};
  Headroom room;
  for (const AgentIndex agent : agents) {
    if (room.pods >= enough) break;
    if (given_back && space.HoldsAny(agent, without)) {
      room.pods += RoomOn(space.FreeWithout(agent, demand.roles, without), demand, one_per_agent);
    } else {
      room.pods +=
          RoomOn(basis == Basis::kFree ? view.free[agent] : view.offer[agent], demand, one_per_agent);
    }
  }
  return room;
}

}  // namespace k8sm::ports
