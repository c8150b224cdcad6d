#include "lib/ports/headroom.h"

#include <algorithm>

namespace k8sm::ports {
namespace {

std::uint64_t RoomOn(const PortSet& ports, const Demand& demand) {
  if (!demand.fixed.empty()) return HasRoom(ports, demand) ? 1 : 0;
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
                    std::span<const HolderIndex> without, std::uint64_t enough) {
  if (!demand.doubled.empty()) return {};
  const RoleView& view = space.ViewFor(demand.roles);
  const bool given_back = basis == Basis::kFree && !without.empty();
  if (!given_back && IsNowhere(demand, basis == Basis::kOffer ? view.offer_count : view.free_count))
    return {};
  Headroom room;
  for (AgentIndex agent = 0; agent < space.agents().size() && room.pods < enough; ++agent) {
    if (!space.IsEligible(agent, demand)) continue;
    if (!demand.wants_ports()) return {.unlimited = true};
    if (given_back && space.HoldsAny(agent, without)) {
      room.pods += RoomOn(space.FreeWithout(agent, demand.roles, without), demand);
    } else {
      room.pods += RoomOn(basis == Basis::kOffer ? view.offer[agent] : view.free[agent], demand);
    }
  }
  return room;
}

}  // namespace k8sm::ports
