#include "lib/ports/sentence.h"

#include "lib/base/count.h"
#include "lib/ports/doubts.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace k8sm::ports {
namespace {

constexpr std::size_t kMaxRangesTold = 8;
constexpr std::size_t kMaxBlockersTold = 3;

std::string Roles(const Demand& demand) {
  std::string text;
  for (const std::string& role : demand.roles) text.append(text.empty() ? "" : ", ").append(role);
  return text;
}

std::string Are(std::span<const Port> ports) {
  return ports.size() == 1 ? " is" : " are";
}

const char* Times(const Demand& demand) {
  return demand.surplus > demand.doubled.size() ? "more than once" : "twice";
}

std::string NoRole(const PortSpace& space, const Demand& demand) {
  if (demand.roles.empty())
    return "no role is left to it: its roles annotation names none of the framework's";
  if (space.ViewFor(demand.roles).offered.empty())
    return "no agent offers ports to role " + Roles(demand) +
           ": take another role, or let the principal view it (ACL view_roles)";
  return "no eligible agent offers ports to role " + Roles(demand);
}

std::string NoMatch(const Demand& demand) {
  std::string text = "no agent matches";
  if (!demand.node.empty()) text.append(" nodeName ").append(demand.node.get());
  if (!demand.selector.empty()) text += demand.node.empty() ? " nodeSelector " : " and nodeSelector ";
  const char* separator = "";
  for (const kube::Label& label : demand.selector) {
    text.append(separator).append(label.key.get()).append("=").append(label.value.get());
    separator = ",";
  }
  return text + (demand.selector.empty() ? "" : ": correct it, or label a Node");
}

std::string NoAgents(const PortSpace& space) {
  if (space.agents().empty()) return "no agents are known";
  return "what is known of the agents is too old";
}

// Whether the agents' offers, rather than their use or the pod itself, are in the way.
bool IsAboutOffers(Why why) {
  return why == Why::kNoAgentMatches || why == Why::kNoRole || why == Why::kOutsideOffers ||
         why == Why::kNeverTogether || why == Why::kTooFew;
}

}  // namespace

std::string ListOf(std::span<const Port> ports, std::size_t max) {
  const std::size_t told = ports.size() <= max ? ports.size() : max;
  std::string text;
  for (std::size_t i = 0; i < told; ++i) {
    if (i > 0) text += i + 1 == told && told == ports.size() ? " and " : ", ";
    text += std::to_string(ports[i]);
  }
  if (told < ports.size()) text.append(" and ").append(std::to_string(ports.size() - told)).append(" more");
  return text;
}

std::string InWords(std::uint64_t n) {
  constexpr const char* kWords[] = {"no",  "one",   "two",   "three", "four", "five",
                                    "six", "seven", "eight", "nine",  "ten"};
  return n < std::size(kWords) ? kWords[n] : std::to_string(n);
}

std::string OfferedTo(const PortSpace& space, const Demand& demand) {
  return ToString(space.OfferTo(demand), kMaxRangesTold);
}

std::string DescribeHolder(const PortSpace& space, CellState state, HolderIndex holder) {
  const std::string name = holder == kNobody ? "" : NameOf(space.holders()[holder]);
  switch (state) {
    case CellState::kForeign:
      return space.all_namespaces() ? "held by another framework"
                                    : "held by another framework or in another namespace";
    case CellState::kLeaving:
      return "held by " + name + ", which is terminating";
    case CellState::kClash:
      return "held by " + name + " and others";
    case CellState::kUnaccounted:
      return "held by " + name + " without Mesos' knowledge";
    case CellState::kPod:
    case CellState::kOutside:
      return "held by " + name;
    default:
      return "free";
  }
}

std::string DescribeBlockers(const PortSpace& space, const Blockers& blockers) {
  std::string text;
  const std::size_t told = std::min(blockers.kept.size(), kMaxBlockersTold);
  for (std::size_t i = 0; i < told; ++i) {
    const Blocker& blocker = blockers.kept[i];
    text.append(i == 0 ? "on " : ", on ").append(space.agents()[blocker.agent].name.get());
    text.append(" ").append(std::to_string(blocker.port)).append(" is ");
    text += DescribeHolder(space, blocker.state, blocker.holder);
  }
  const std::size_t more = blockers.kept.size() - told + blockers.more;
  if (more > 0) text.append(", and ").append(std::to_string(more)).append(" more");
  return text;
}

namespace {

std::string WhySentence(const PortSpace& space, const Demand& demand, const Judgement& judgement) {
  switch (judgement.why) {
    case Why::kNone:
    case Why::kNoPorts:
      return "";
    case Why::kTaken:
      return DescribeBlockers(space, judgement.blockers);
    case Why::kDuplicate:
      return ListOf(judgement.ports) + Are(judgement.ports) + " declared " + Times(demand) +
             "; Mesos counts numbers, whatever the protocol: never schedulable";
    case Why::kNoAgents:
      return NoAgents(space);
    case Why::kNoAgentMatches:
      return NoMatch(demand);
    case Why::kNoRole:
      return NoRole(space, demand);
    case Why::kOutsideOffers:
      return ListOf(judgement.ports) + Are(judgement.ports) +
             " offered by no agent; offered: " + OfferedTo(space, demand);
    case Why::kNeverTogether:
      return "no agent offers " + ListOf(judgement.ports) + " together";
    case Why::kTooFew:
      return "no agent offers " + Count(demand.fixed.size() + demand.wild, "port");
  }
  return "";
}

}  // namespace

std::string Sentence(const PortSpace& space, const Demand& demand, const Judgement& judgement) {
  std::string sentence = WhySentence(space, demand, judgement);
  if (!IsAboutOffers(judgement.why)) return sentence;
  if (const std::string inactive = InactiveWithRoom(space, demand); !inactive.empty())
    sentence += "; " + inactive;
  return sentence;
}

std::optional<Suggestion> SuggestInstead(const PortSpace& space, const Demand& demand,
                                         const Judgement& judgement, std::uint32_t replicas,
                                         const PortSet& avoid) {
  Suggester suggester(space);
  return SuggestInstead(suggester, demand, judgement, replicas, avoid);
}

std::optional<Suggestion> SuggestInstead(Suggester& suggester, const Demand& demand,
                                         const Judgement& judgement, std::uint32_t replicas,
                                         const PortSet& avoid) {
  PortSet wrong = demand.fixed;
  PortSet kept;
  std::size_t ports = wrong.size();
  if (judgement.why == Why::kDuplicate) {
    kept = demand.fixed;
    ports = demand.surplus;
  } else if (judgement.why == Why::kOutsideOffers) {
    kept = demand.fixed - PortSet::OfPorts(judgement.ports);
    ports = judgement.ports.size();
  }
  if (ports == 0) return std::nullopt;
  Wish wish{.ports = static_cast<std::uint32_t>(ports),
            .replicas = replicas,
            .where = demand,
            .avoid = avoid | demand.fixed};
  wish.where.fixed = kept;
  auto suggestion = suggester.Suggest(wish);
  // If the kept ports are the scarce ones, all ports must change.
  if ((!suggestion || !suggestion->enough) && !kept.empty()) {
    wish.ports = demand.fixed.size() + (judgement.why == Why::kDuplicate ? demand.surplus : 0);
    wish.where.fixed = {};
    suggestion = suggester.Suggest(wish);
  }
  if (!suggestion || !suggestion->enough) return std::nullopt;
  return suggestion;
}

std::string Advice(const Suggestion& suggestion, std::uint64_t agents) {
  return "Take " + ListOf(suggestion.ports) + " (free " + (suggestion.ports.size() > 1 ? "together " : "") +
         "on " + std::to_string(suggestion.agents) + " of " + std::to_string(agents) + ")";
}

}  // namespace k8sm::ports
