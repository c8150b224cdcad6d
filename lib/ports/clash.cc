#include "lib/ports/clash.h"

#include <algorithm>
#include <span>
#include <string>

namespace k8sm::ports {
namespace {

bool IsAnyAddress(const kube::Symbol& ip) {
  return ip.empty() || ip == "0.0.0.0" || ip == "::";
}

bool CannotBothBind(const Claim& a, const Claim& b) {
  return a.protocol == b.protocol &&
         (IsAnyAddress(a.host_ip) || IsAnyAddress(b.host_ip) || a.host_ip == b.host_ip);
}

const Claim& ClaimOf(const PortSpace& space, const Hold& hold) {
  return space.holders()[hold.holder].claims[hold.claim];
}

// REQUIRES: all holds are of one port on one agent.
void Compare(const PortSpace& space, AgentIndex agent, std::span<const Hold> holds, Clashes& clashes) {
  for (std::size_t i = 0; i < holds.size(); ++i) {
    for (std::size_t j = i + 1; j < holds.size(); ++j) {
      if (holds[i].holder == holds[j].holder) continue;
      if (clashes.kept.size() == kMaxClashes) {
        clashes.more = true;
        return;
      }
      const bool bind = CannotBothBind(ClaimOf(space, holds[i]), ClaimOf(space, holds[j]));
      clashes.kept.push_back({agent, holds[i].port, holds[i].holder, holds[j].holder, bind});
    }
  }
}

}  // namespace

Clashes FindClashes(const PortSpace& space) {
  Clashes clashes;
  for (AgentIndex agent = 0; agent < space.agents().size() && !clashes.more; ++agent) {
    // Agents that share a name share the pods that hold ports there.
    if (agent > 0 && space.agents()[agent - 1].name == space.agents()[agent].name) continue;
    std::span<const Hold> holds = space.HoldsOf(agent);
    while (!holds.empty()) {
      const auto behind = std::find_if(holds.begin(), holds.end(),
                                       [&](const Hold& hold) { return hold.port != holds[0].port; });
      const auto count = static_cast<std::size_t>(behind - holds.begin());
      Compare(space, agent, holds.first(count), clashes);
      holds = holds.subspan(count);
    }
  }
  return clashes;
}

}  // namespace k8sm::ports
