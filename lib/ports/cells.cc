#include "lib/ports/cells.h"

#include <algorithm>
#include <tuple>

namespace k8sm::ports {
namespace {

constexpr std::uint32_t kBehindAll = kMaxPort + 1;

// Walks over a set in ascending order.
class Cursor {
 public:
  explicit Cursor(const PortSet& set) : ranges_(set.ranges()) {}

  // Whether the port is in the set. REQUIRES: ports ascend from call to call.
  bool At(std::uint32_t port) {
    while (next_ < ranges_.size() && ranges_[next_].end < port) ++next_;
    return next_ < ranges_.size() && ranges_[next_].begin <= port;
  }

  // Returns the first port after this one for which At() has a different result.
  std::uint32_t ChangeAfter(std::uint32_t port) {
    if (At(port)) return ranges_[next_].end + 1U;
    return next_ < ranges_.size() ? ranges_[next_].begin : kBehindAll;
  }

 private:
  std::span<const Range> ranges_;
  std::size_t next_ = 0;
};

// The properties of one port on one agent.
struct Facts {
  bool any_role = false;
  bool offered = false;
  bool used = false;
  bool accounted = false;  // held with Mesos' knowledge, as far as that is reported
  bool node_port = false;
  std::span<const Hold> holds;  // of this port
};

CellState StateOfHeld(const Facts& facts) {
  const HolderIndex first = facts.holds.front().holder;
  const auto is_other = [&](const Hold& hold) { return hold.holder != first; };
  if (std::any_of(facts.holds.begin(), facts.holds.end(), is_other)) return CellState::kClash;
  if (!facts.any_role) return CellState::kOutside;
  if (!facts.accounted) return CellState::kUnaccounted;
  return facts.holds.front().leaving ? CellState::kLeaving : CellState::kPod;
}

CellState StateOf(const Facts& facts) {
  if (!facts.holds.empty()) return StateOfHeld(facts);
  if (facts.used) return CellState::kForeign;
  if (!facts.offered) return CellState::kOtherRole;
  return facts.node_port ? CellState::kNodePort : CellState::kFree;
}

bool IsAccounted(const PortSpace& space, AgentIndex agent, Port port) {
  return !space.agents()[agent].used_known || space.IsAccounted(agent, port);
}

PortSet OfferToAnyRole(const Agent& agent) {
  if (agent.offered.size() == 1) return agent.offered.front().second;
  PortSet any;
  for (const auto& [role, ports] : agent.offered) any = any | ports;
  return any;
}

// Calls visit(port, holds) for each held port. REQUIRES: the holds are ordered by port.
template <class Visit>
void ForEachHeldPort(std::span<const Hold> holds, Visit visit) {
  while (!holds.empty()) {
    std::size_t count = 1;
    while (count < holds.size() && holds[count].port == holds[0].port) ++count;
    visit(holds[0].port, holds.first(count));
    holds = holds.subspan(count);
  }
}

// Returns who holds the port: of several pods the first by namespace and name, so that the answer does not
// depend on the order of the snapshot. kNobody without holds.
HolderIndex HolderOf(const PortSpace& space, std::span<const Hold> holds) {
  if (holds.empty()) return kNobody;
  const auto name_of = [&](const Hold& hold) {
    const Holder& holder = space.holders()[hold.holder];
    return std::tie(holder.ns, holder.name);
  };
  return std::ranges::min_element(holds, {}, name_of)->holder;
}

class Sweep {
 public:
  Sweep(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles)
      : space_(space),
        index_(agent),
        agent_(space.agents()[agent]),
        holds_(space.HoldsOf(agent)),
        any_set_(OfferToAnyRole(agent_)),
        domain_set_(any_set_ | agent_.used | space.HeldOn(agent)),
        domain_(domain_set_),
        any_(any_set_),
        offered_(space.ViewFor(roles).offer[agent]),
        used_(agent_.used),
        node_ports_(space.node_ports()) {}

  void Run(const std::function<void(const ports::Run&)>& visit) {
    ports::Run last;  // begin == 0: none yet
    for (std::uint32_t port = 1; port <= kMaxPort;) {
      if (!domain_.At(port)) {
        port = domain_.ChangeAfter(port);
        continue;
      }
      const ports::Run run = RunFrom(port);
      const bool goes_on = last.begin != 0 && last.end + 1U == run.begin && last.state == run.state &&
                           last.holder == run.holder;
      if (goes_on) {
        last.end = run.end;
      } else {
        if (last.begin != 0) visit(last);
        last = run;
      }
      port = run.end + 1U;
    }
    if (last.begin != 0) visit(last);
  }

 private:
  ports::Run RunFrom(std::uint32_t port) {
    const std::size_t first = next_hold_;
    while (next_hold_ < holds_.size() && holds_[next_hold_].port == port) ++next_hold_;
    Facts facts{any_.At(port), offered_.At(port),    used_.At(port),
                true,          node_ports_.At(port), holds_.subspan(first, next_hold_ - first)};
    if (!facts.holds.empty()) facts.accounted = facts.used || IsAccounted(space_, index_, port);
    ports::Run run{static_cast<Port>(port), static_cast<Port>(port), StateOf(facts),
                   HolderOf(space_, facts.holds)};
    if (facts.holds.empty()) run.end = static_cast<Port>(NextChange(port) - 1);
    return run;
  }

  std::uint32_t NextChange(std::uint32_t port) {
    std::uint32_t change = domain_.ChangeAfter(port);
    for (Cursor* cursor : {&any_, &offered_, &used_, &node_ports_}) {
      change = std::min(change, cursor->ChangeAfter(port));
    }
    if (next_hold_ < holds_.size()) change = std::min<std::uint32_t>(change, holds_[next_hold_].port);
    return change;
  }

  const PortSpace& space_;
  const AgentIndex index_;
  const Agent& agent_;
  std::span<const Hold> holds_;
  std::size_t next_hold_ = 0;
  PortSet any_set_;
  PortSet domain_set_;
  Cursor domain_;
  Cursor any_;
  Cursor offered_;
  Cursor used_;
  Cursor node_ports_;
};

}  // namespace

std::string_view ToString(CellState state) {
  switch (state) {
    case CellState::kClash:
      return "clash";
    case CellState::kOutside:
      return "outside";
    case CellState::kUnaccounted:
      return "unaccounted";
    case CellState::kLeaving:
      return "leaving";
    case CellState::kPod:
      return "pod";
    case CellState::kForeign:
      return "foreign";
    case CellState::kOtherRole:
      return "other_role";
    case CellState::kNodePort:
      return "node_port";
    case CellState::kFree:
      return "free";
  }
  return "";
}

void ForEachRun(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles,
                const std::function<void(const Run&)>& visit) {
  Sweep(space, agent, roles).Run(visit);
}

std::vector<Run> RowOf(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles) {
  std::vector<Run> row;
  ForEachRun(space, agent, roles, [&](const Run& run) { row.push_back(run); });
  return row;
}

Run CellOf(const PortSpace& space, AgentIndex agent, Port port, std::span<const std::string> roles) {
  const Agent& of = space.agents()[agent];
  const std::span<const Hold> holds = space.HoldsOf(agent);
  const auto first = std::lower_bound(holds.begin(), holds.end(), port,
                                      [](const Hold& hold, Port value) { return hold.port < value; });
  const auto behind = std::find_if(first, holds.end(), [&](const Hold& hold) { return hold.port != port; });
  const auto offers = [&](const auto& offered) { return offered.second.Contains(port); };
  const Facts facts{std::any_of(of.offered.begin(), of.offered.end(), offers),
                    space.ViewFor(roles).offer[agent].Contains(port),
                    of.used.Contains(port),
                    IsAccounted(space, agent, port),
                    space.node_ports().Contains(port),
                    {first, behind}};
  return {port, port, StateOf(facts), HolderOf(space, facts.holds)};
}

bool IsUnaccounted(const PortSpace& space, AgentIndex agent, const Run& cell,
                   std::span<const std::string> roles) {
  if (cell.state != CellState::kUnaccounted) return false;
  const kube::Symbol& name = space.agents()[agent].name;
  for (AgentIndex before = agent; before > 0 && space.agents()[before - 1].name == name;) {
    if (CellOf(space, --before, cell.begin, roles).state == CellState::kUnaccounted) return false;
  }
  return true;
}

CellCounts CountCells(const PortSpace& space, AgentIndex index, std::span<const std::string> roles) {
  const Agent& agent = space.agents()[index];
  const RoleView& view = space.ViewFor(roles);
  CellCounts counts;
  const auto add = [&](CellState state, std::size_t ports) {
    counts.by_state[static_cast<std::size_t>(state)] += static_cast<std::uint32_t>(ports);
  };
  counts.offered = view.offer[index].size();
  counts.free = view.free[index].size();
  add(CellState::kFree, counts.free);
  // Held ports are few and examined one by one; the others are counted by set sizes.
  const PortSet any = OfferToAnyRole(agent);
  std::uint32_t held_and_used = 0;
  ForEachHeldPort(space.HoldsOf(index), [&](Port port, std::span<const Hold> holds) {
    Facts facts{.any_role = any.Contains(port), .used = agent.used.Contains(port), .holds = holds};
    facts.accounted = facts.used || IsAccounted(space, index, port);
    held_and_used += facts.used ? 1 : 0;
    add(StateOf(facts), 1);
  });
  add(CellState::kForeign, agent.used.size() - held_and_used);
  if (any.size() > counts.offered)
    add(CellState::kOtherRole, (any - view.offer[index] - agent.used - space.HeldOn(index)).size());
  return counts;
}

bool IsLow(const CellCounts& counts, std::uint32_t low_percent) {
  return counts.offered > 0 &&
         std::uint64_t{counts.free} * 100 <= std::uint64_t{counts.offered} * low_percent;
}

}  // namespace k8sm::ports
