#include "lib/ports/doubts.h"

#include "lib/base/count.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace k8sm::ports {
namespace {

// Takes sentences, and counts those that are too many.
class Kind {
 public:
  // `one` is the sentence if one more is left out; if there are several, `several` follows their number.
  Kind(std::size_t max, std::string one, std::string several, std::vector<std::string>& out)
      : left_(max), one_(std::move(one)), several_(std::move(several)), out_(out) {}

  template <class Sentence>
  void Add(Sentence sentence) {
    if (left_ == 0) {
      ++more_;
      return;
    }
    --left_;
    out_.push_back(sentence());
  }
  void End() {
    if (more_ > 0) out_.push_back(more_ == 1 ? one_ : std::to_string(more_) + several_);
  }

 private:
  std::size_t left_;
  const std::string one_;
  const std::string several_;
  std::vector<std::string>& out_;
  std::size_t more_ = 0;
};

void AddUnknownUse(const PortSpace& space, std::vector<std::string>& doubts) {
  const auto unknown = [](const Agent& agent) { return !agent.used_known; };
  if (std::ranges::none_of(space.agents(), unknown)) return;
  doubts.push_back(
      "the master does not report used ports and roles (Mesos 0.22 and earlier): what other frameworks hold "
      "counts as free, and an agent with ports for several roles shows those of one");
}

// Agents are ordered by name.
void AddSharedNames(const PortSpace& space, std::size_t max, std::vector<std::string>& doubts) {
  Kind kind(max, "1 more name is shared by agents", " more names are shared by agents", doubts);
  const SharedList<Agent> agents = space.agents();
  for (AgentIndex i = 0; i < agents.size();) {
    AgentIndex end = i + 1;
    while (end < agents.size() && agents[end].name == agents[i].name) ++end;
    if (end > i + 1) {
      kind.Add([&] {
        return Count(end - i, "agent") + " are named " + agents[i].name + " (" + agents[i].id + " and " +
               agents[end - 1].id + "): pods bound to that node count on each of them";
      });
    }
    i = end;
  }
  kind.End();
}

void AddStrays(const PortSpace& space, std::size_t max, std::vector<std::string>& doubts) {
  Kind kind(max, "1 more pod holds ports on a node that is not an agent",
            " more pods hold ports on nodes that are not agents", doubts);
  for (const HolderIndex stray : space.strays()) {
    const Holder& holder = space.holders()[stray];
    if (holder.claims.empty()) continue;
    kind.Add([&] {
      return "pod " + NameOf(holder) + " holds ports on " + holder.node + ", which is not an agent";
    });
  }
  kind.End();
}

}  // namespace

PodsWithPorts CountPodsWithPorts(const PortSpace& space) {
  const auto counts = [&](HolderIndex index) {
    const Holder& holder = space.holders()[index];
    return !holder.mirror && !holder.claims.empty();
  };
  PodsWithPorts pods;
  for (HolderIndex index = 0; index < space.holders().size(); ++index) pods.all += counts(index) ? 1 : 0;
  for (const HolderIndex stray : space.strays()) {
    if (counts(stray) && pods.astray++ == 0) pods.first_astray = stray;
  }
  return pods;
}

std::string DoubtOfAgents(const PortSpace& space) {
  if (!space.fresh()) return "what is known of the agents is outdated";
  return space.complete() ? "" : "the list of agents is not complete";
}

std::string DoubtOf(const PortSpace& space, const Demand& demand) {
  if (std::string doubt = DoubtOfAgents(space); !doubt.empty()) return doubt;
  const RoleView& view = space.ViewFor(demand.roles);
  for (const AgentIndex agent : space.EligibleEver(demand)) {
    if (space.IsEligible(agent, demand) || !HasRoom(view.offer[agent], demand)) continue;
    const std::string offers = "agent " + TitleOf(space, agent) + " offers the ports, and ";
    return offers + (space.nodes_known() ? "matches once it has a Node"
                                         : "may match: the labels of its Node are not known");
  }
  return "";
}

std::string InactiveWithRoom(const PortSpace& space, const Demand& demand) {
  const RoleView& view = space.ViewFor(demand.roles);
  std::optional<AgentIndex> first;
  std::size_t more = 0;
  for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    if (space.agents()[agent].active || !space.HasLabels(agent, demand)) continue;
    if (!HasRoom(view.offer[agent], demand)) continue;
    if (!first) {
      first = agent;
    } else {
      ++more;
    }
  }
  if (!first) return "";
  const std::string name = TitleOf(space, *first);
  if (more == 0) return "agent " + name + " offers the ports, but is not active";
  return "agents " + name + " and " + std::to_string(more) + " more offer the ports, but are not active";
}

std::vector<std::string> RolesWithoutPorts(const PortSpace& space, std::span<const std::string> roles) {
  std::vector<std::string> without;
  if (space.agents().empty() || !space.known()) return without;
  const auto has_ports = [&](const std::string& role) {
    return std::ranges::any_of(space.agents(), [&](const Agent& agent) {
      return std::ranges::any_of(
          agent.offered, [&](const auto& each) { return each.first == role && !each.second.empty(); });
    });
  };
  std::ranges::copy_if(roles, std::back_inserter(without),
                       [&](const std::string& role) { return !has_ports(role); });
  return without;
}

std::string TitleOf(const PortSpace& space, AgentIndex agent) {
  const SharedList<Agent> agents = space.agents();
  const Agent& of = agents[agent];
  const bool is_shared = (agent > 0 && agents[agent - 1].name == of.name) ||
                         (agent + 1 < agents.size() && agents[agent + 1].name == of.name);
  return is_shared ? of.name + " (" + of.id + ")" : std::string(of.name.get());
}

std::vector<std::string> DoubtsOf(const PortSpace& space, std::size_t max) {
  std::vector<std::string> doubts;
  AddUnknownUse(space, doubts);
  if (!space.all_namespaces())
    doubts.push_back(
        "the pods of one namespace alone are known: what others hold is counted as another framework's");
  AddSharedNames(space, max, doubts);
  AddStrays(space, max, doubts);
  return doubts;
}

}  // namespace k8sm::ports
