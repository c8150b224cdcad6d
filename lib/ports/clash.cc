#include "lib/ports/clash.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

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

class Finder {
 public:
  explicit Finder(const PortSpace& space) : space_(space) {}

  // Compares holds of one port on one agent. Returns false, and has to be called no more, at kMaxCompared.
  bool Compare(AgentIndex agent, std::span<const Hold> holds) {
    for (std::size_t i = 0; i < holds.size(); ++i) {
      for (std::size_t j = i + 1; j < holds.size(); ++j) {
        if (++compared_ > kMaxCompared) {
          found_.more = true;
          return false;
        }
        if (holds[i].holder != holds[j].holder) Add(agent, holds[i], holds[j]);
      }
    }
    return true;
  }
  Clashes TakeFound() { return std::move(found_); }

 private:
  void Add(AgentIndex agent, const Hold& a, const Hold& b) {
    const bool bind = CannotBothBind(ClaimOf(space_, a), ClaimOf(space_, b));
    ++found_.counts[bind ? 1 : 0];
    if (found_.kept.size() == kMaxClashes) {
      found_.more = true;
    } else {
      found_.kept.push_back({agent, a.port, a.holder, b.holder, bind});
    }
  }

  const PortSpace& space_;
  std::size_t compared_ = 0;
  Clashes found_;
};

}  // namespace

Clashes FindClashes(const PortSpace& space) {
  Finder finder(space);
  for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    // Agents that share a name share the pods that hold ports there.
    if (agent > 0 && space.agents()[agent - 1].name == space.agents()[agent].name) continue;
    std::span<const Hold> holds = space.HoldsOf(agent);
    while (!holds.empty()) {
      const auto behind = std::find_if(holds.begin(), holds.end(),
                                       [&](const Hold& hold) { return hold.port != holds[0].port; });
      const auto count = static_cast<std::size_t>(behind - holds.begin());
      if (!finder.Compare(agent, holds.first(count))) return finder.TakeFound();
      holds = holds.subspan(count);
    }
  }
  return finder.TakeFound();
}

}  // namespace k8sm::ports
