#include "controller/ports_program/agent_lines.h"

#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/ports/cells.h"
#include "lib/ports/mapper.h"
#include "lib/ports/port_space.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

using ports::AgentIndex;
using ports::Demand;
using ports::PortSet;

constexpr std::size_t kMaxAgentsTold = 30;
constexpr std::size_t kMaxPortsTold = 3;
constexpr std::size_t kMaxRangesTold = 4;

// From the closest to having room to the furthest.
enum class Reason : std::uint8_t {
  kFree,
  kTaken,
  kTooFewFree,
  kTooFewOffered,
  kNotOffered,
  kNothingOffered,
  kNoNode,
  kNoMatch,
  kInactive,
};
constexpr std::size_t kReasons = 9;

struct Line {
  Reason reason;
  std::string text;
};

class Describer {
 public:
  Describer(const State& state, const Demand& demand, const ports::PodSpec& spec,
            const ports::SchedulerRules& rules)
      : space_(state.space),
        demand_(demand),
        spec_(spec),
        rules_(rules),
        view_(space_.ViewFor(demand.roles)),
        ever_(space_.EligibleEver(demand)) {}

  Line Describe(AgentIndex agent) const {
    if (!space_.agents()[agent].active) return {Reason::kInactive, "is not active"};
    if (!space_.IsEligible(agent, demand_)) return WhyNotEligible(agent);
    const PortSet& offer = view_.offer[agent];
    const PortSet& free = view_.free[agent];
    if (HasRoom(free, demand_)) return {Reason::kFree, "free" + (demand_.wild > 0 ? Takes(agent) : "")};
    if (offer.empty()) return {Reason::kNothingOffered, "offers nothing to these roles"};
    const PortSet missing = demand_.fixed - offer;
    const std::string offers = " (offers " + ports::ToString(offer, kMaxRangesTold) + ")";
    if (!missing.empty())
      return {Reason::kNotOffered, "does not offer " + ports::ListOf(missing.Ports()) + offers};
    if (!HasRoom(offer, demand_))
      return {Reason::kTooFewOffered, "offers " + Count(offer.size(), "port") + " only (" +
                                          ports::ToString(offer, kMaxRangesTold) + ")"};
    const PortSet in_the_way = demand_.fixed - free;
    if (!in_the_way.empty()) return {Reason::kTaken, Taken(agent, in_the_way)};
    return {Reason::kTooFewFree,
            "only " + Count(free.size(), "port") + " free of " + std::to_string(offer.size())};
  }

 private:
  Line WhyNotEligible(AgentIndex agent) const {
    if (!std::ranges::binary_search(ever_, agent))
      return {Reason::kNoMatch, "does not match nodeName or nodeSelector"};
    return {Reason::kNoNode, space_.nodes_known()
                                 ? "has no Node yet; with one it matches"
                                 : "may match nodeSelector: the labels of its Node are not known"};
  }

  // What the scheduler would take of an agent on which the pod fits.
  std::string Takes(AgentIndex agent) const {
    std::vector<ports::OfferedPorts> offer;
    for (const auto& [role, offered] : space_.agents()[agent].offered) {
      const PortSet free = offered - space_.agents()[agent].used - space_.HeldOn(agent);
      offer.push_back({role, {free.ranges().begin(), free.ranges().end()}});
    }
    const ports::Mapping mapping = MapPorts(offer, spec_, rules_);
    std::vector<ports::Port> taken;
    for (const ports::MappedPort& port : mapping.mapped) taken.push_back(port.host_port);
    return taken.empty() ? "" : "; it would get " + ports::ListOf(taken);
  }

  std::string Taken(AgentIndex agent, const PortSet& in_the_way) const {
    std::string text;
    for (const ports::Port port : in_the_way.Lowest(kMaxPortsTold)) {
      const ports::Run cell = ports::CellOf(space_, agent, port, demand_.roles);
      text += (text.empty() ? "" : ", ") + std::to_string(port) + " " +
              ports::DescribeHolder(space_, cell.state, cell.holder);
    }
    if (in_the_way.size() > kMaxPortsTold)
      text += " and " + std::to_string(in_the_way.size() - kMaxPortsTold) + " more";
    return text;
  }

  const ports::PortSpace& space_;
  const Demand& demand_;
  const ports::PodSpec& spec_;
  const ports::SchedulerRules& rules_;
  const ports::RoleView& view_;
  const std::vector<AgentIndex> ever_;
};

std::string Padded(std::string_view unpadded, std::size_t width) {
  std::string text(unpadded);
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string LineOfEach(const ports::PortSpace& space, const Describer& describer) {
  std::size_t width = 0;
  for (const ports::Agent& agent : space.agents()) width = std::max(width, agent.name.get().size());
  std::string text;
  for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    const std::string name = Padded(space.agents()[agent].name.get(), width);
    text += "  " + Printable(name + "  " + describer.Describe(agent).text, kMaxLine) + "\n";
  }
  return text;
}

std::string LineOfEachReason(const ports::PortSpace& space, const Describer& describer) {
  struct Group {
    std::size_t agents = 0;
    AgentIndex first = 0;
    std::string text;
  };
  std::array<Group, kReasons> groups;
  for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    Line line = describer.Describe(agent);
    Group& group = groups[static_cast<std::size_t>(line.reason)];
    if (group.agents++ > 0) continue;
    group.first = agent;
    group.text = std::move(line.text);
  }
  std::size_t count_width = std::string("AGENTS").size();
  std::size_t name_width = std::string("ONE OF THEM").size();
  for (const Group& group : groups) {
    if (group.agents == 0) continue;
    count_width = std::max(count_width, std::to_string(group.agents).size());
    name_width = std::max(name_width, space.agents()[group.first].name.get().size());
  }
  std::string text = "  " + Padded("AGENTS", count_width) + "  ONE OF THEM\n";
  for (const Group& group : groups) {
    if (group.agents == 0) continue;
    const std::string count = std::to_string(group.agents);
    text +=
        "  " + std::string(count_width - count.size(), ' ') + count + "  " +
        Printable(Padded(space.agents()[group.first].name.get(), name_width) + "  " + group.text, kMaxLine) +
        "\n";
  }
  return text + "  -all shows each agent.\n";
}

}  // namespace

std::string AgentLines(const State& state, const Demand& demand, const ports::PodSpec& spec,
                       const Options& options) {
  const Describer describer(state, demand, spec, options.rules);
  return options.all || state.space.agents().size() <= kMaxAgentsTold
             ? LineOfEach(state.space, describer)
             : LineOfEachReason(state.space, describer);
}

}  // namespace k8sm::ports_program
