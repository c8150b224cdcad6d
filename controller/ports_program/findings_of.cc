#include "controller/ports_program/findings_of.h"

#include "lib/base/count.h"
#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports_program {
namespace {

using ports::Fate;
using ports::Judgement;
using ports::ListOf;
using ports::Verdict;
using ports::Why;

constexpr std::size_t kMaxNames = 3;

// Returns e.g. "node3 does not" or "node3, node4, node5 and 7 more do not".
std::string WhoDoesNot(const ports::PortSpace& space, const ports::Demand& demand) {
  const ports::RoleView& view = space.ViewFor(demand.roles);
  std::vector<std::string> names;
  for (const ports::AgentIndex agent : space.Eligible(demand)) {
    if (!HasRoom(view.offer[agent], demand)) names.emplace_back(space.agents()[agent].name.get());
  }
  if (names.empty()) return "";
  std::string text;
  const std::size_t told = std::min(names.size(), kMaxNames);
  for (std::size_t i = 0; i < told; ++i) {
    const bool last = i + 1 == told && told == names.size();
    text += i == 0 ? "" : last ? " and " : ", ";
    text += names[i];
  }
  if (told < names.size()) text += " and " + std::to_string(names.size() - told) + " more";
  return " (" + text + (names.size() == 1 ? " does not)" : " do not)");
}

class Collector {
 public:
  Collector(const ports::PortSpace& space, const Subject& subject, const FindingOptions& options)
      : space_(space), subject_(subject), demand_(subject.workload.demand), options_(options) {
    found_.plan = JudgeWorkload(space, subject.workload, options.reserve);
    judgement_ = Judge(space, demand_);
  }

  SubjectFindings Collect() {
    AddFate();
    if (found_.plan.rollout_stuck) AddStuck();
    if (found_.plan.no_spare) AddNoSpare();
    return std::move(found_);
  }

 private:
  std::uint32_t replicas() const { return subject_.workload.replicas; }
  std::size_t eligible() const { return space_.CountEligible(demand_); }

  void AddFate() {
    switch (found_.plan.fate) {
      case Fate::kFits:
        return;
      case Fate::kNever:
        return AddNever(Level::kError);
      case Fate::kNeverAll:
        return AddNeverAll(Level::kError);
      case Fate::kNotNow:
        return AddTaken();
      case Fate::kUnknown:
        found_.unknown = true;
        if (judgement_.verdict != Verdict::kUnknown) return AddNeverAll(Level::kNote);
        if (judgement_.why != Why::kNoAgents) AddNever(Level::kNote);
    }
  }

  // A "never" that is uncertain is qualified.
  std::string Certainty(Level level) const {
    return level == Level::kNote ? " Not certain: " + DoubtOf(space_, demand_) + "." : "";
  }

  void Add(std::string_view rule, Level level, std::vector<ports::Port> ports, std::string message,
           const std::optional<ports::Suggestion>& suggestion = std::nullopt) {
    Finding finding;
    finding.rule = std::string(rule);
    finding.level = level;
    finding.ports = std::move(ports);
    finding.message = std::move(message);
    if (suggestion) finding.suggestion = suggestion->ports;
    finding.plan = found_.plan;
    found_.findings.push_back(std::move(finding));
  }

  std::optional<ports::Suggestion> Instead(std::uint32_t replicas) const {
    return SuggestInstead(space_, demand_, judgement_, std::max(replicas, 1U), options_.avoid);
  }

  std::string Advise(const std::optional<ports::Suggestion>& suggestion) const {
    return suggestion ? " " + Advice(*suggestion, eligible()) + "." : "";
  }

  void AddNever(Level level) {
    if (judgement_.why == Why::kDuplicate) return AddDuplicate();
    const auto suggestion = Instead(replicas());
    std::vector<ports::Port> ports = judgement_.ports.empty() ? demand_.fixed.Ports() : judgement_.ports;
    Add(RuleOf(judgement_.why), level, std::move(ports),
        Sentence(space_, demand_, judgement_) + "." + Advise(suggestion) + Certainty(level), suggestion);
  }

  void AddDuplicate() {
    const auto suggestion = Instead(replicas());
    Finding duplicate = FindingsWithoutAgents(subject_).findings.front();
    if (suggestion) {
      duplicate.message.pop_back();
      duplicate.message += ": " + ListOf(suggestion->ports) +
                           (suggestion->ports.size() == 1 ? " is free on " : " are free together on ") +
                           std::to_string(suggestion->agents) + " of " + std::to_string(eligible()) + ".";
    }
    Add(duplicate.rule, Level::kError, duplicate.ports, duplicate.message, suggestion);
  }

  void AddNeverAll(Level level) {
    const std::uint64_t ceiling = found_.plan.ceiling.pods;
    const auto suggestion = Instead(replicas());
    std::string message;
    if (subject_.workload.one_per_agent) {
      message = "only " + std::to_string(ceiling) + " of " + Count(replicas(), "agent") + " offer " +
                (demand_.fixed.empty() ? Count(demand_.wild, "port") : ListOf(demand_.fixed.Ports())) +
                WhoDoesNot(space_, demand_) + ": no pod will ever run on the others.";
    } else if (demand_.fixed.empty()) {
      message = Count(replicas(), "replica") + ", but all agents together offer ports for " +
                std::to_string(ceiling) + " only: at most " + std::to_string(ceiling) + " will ever run.";
    } else {
      message = Count(replicas(), "replica") + ", but only " + Count(ceiling, "agent") +
                (ceiling == 1 ? " offers " : " offer ") + ListOf(demand_.fixed.Ports()) +
                WhoDoesNot(space_, demand_) + ": at most " + std::to_string(ceiling) + " will ever run.";
    }
    // A DaemonSet would have one more pod on it, and as many agents without room.
    const std::string inactive = subject_.workload.one_per_agent ? "" : InactiveWithRoom(space_, demand_);
    if (!inactive.empty()) {
      message.pop_back();
      message += "; " + inactive + ".";
    }
    Add("port-replicas-exceed-agents", level, demand_.fixed.Ports(),
        message + Advise(suggestion) + Certainty(level), suggestion);
  }

  void AddTaken() {
    const auto blockers = FindBlockers(space_, demand_, subject_.workload.own);
    const auto suggestion = Instead(replicas());
    std::string message =
        Count(replicas(), "replica") + ", room for " + std::to_string(found_.plan.capacity.pods) + " now";
    if (!blockers.kept.empty()) message += ": " + DescribeBlockers(space_, blockers);
    Add("port-taken", Level::kWarning, demand_.fixed.Ports(), message + "." + Advise(suggestion), suggestion);
  }

  void AddStuck() {
    const bool one = found_.plan.ceiling.pods == 1;
    const std::string agents = one ? "the only agent" : "all " + Count(found_.plan.ceiling.pods, "agent");
    std::string message;
    const bool rolling_update = !subject_.has_max_unavailable;
    std::string advice = rolling_update ? "Scale down by one before it, or delete old pods one by one."
                                        : "Set maxUnavailable: 1.";
    if (found_.plan.ceiling.pods == 0) {
      message = "no agent takes the new pods";
      advice = "Correct the ports first.";
    } else if (demand_.fixed.empty()) {
      message = "no agent has ports free for another pod";
    } else if (found_.plan.capacity == found_.plan.ceiling) {
      message = agents + " with " + ListOf(demand_.fixed.Ports()) + (one ? " runs its " : " run its ") +
                Count(subject_.workload.own_pods, "pod");
    } else {
      message = "on " + agents + " with " + ListOf(demand_.fixed.Ports()) +
                (demand_.fixed.size() == 1 ? " it is taken" : " they are taken");
    }
    Add("port-rollout-stuck", options_.strict && space_.known() ? Level::kError : Level::kWarning,
        demand_.fixed.Ports(),
        message +
            (rolling_update ? " and kubectl rolling-update starts new pods first: it never ends. "
                            : " and maxUnavailable is 0: a rollout never ends. ") +
            advice);
  }

  void AddNoSpare() {
    const auto suggestion = demand_.fixed.empty() ? std::nullopt : Instead(replicas() + options_.reserve);
    Add("port-no-spare", Level::kNote, demand_.fixed.Ports(),
        "room for " + Count(found_.plan.spare.pods, "more replica") +
            ": one agent lost, or one rollout, and it waits. Add an agent that offers the ports, or run "
            "fewer replicas." +
            Advise(suggestion),
        suggestion);
  }

  const ports::PortSpace& space_;
  const Subject& subject_;
  const ports::Demand& demand_;
  const FindingOptions& options_;
  Judgement judgement_;
  SubjectFindings found_;
};

}  // namespace

std::string_view RuleOf(Why why) {
  switch (why) {
    case Why::kDuplicate:
      return "port-duplicate";
    case Why::kOutsideOffers:
      return "port-outside-offers";
    case Why::kNeverTogether:
      return "port-never-together";
    case Why::kNoRole:
      return "port-no-role";
    case Why::kNoAgentMatches:
      return "port-no-agent";
    case Why::kTooFew:
      return "port-too-few";
    case Why::kTaken:
      return "port-taken";
    case Why::kNone:
    case Why::kNoPorts:
    case Why::kNoAgents:
      return "";
  }
  return "";
}

std::string DescribeDuplicate(ports::Port port, const std::vector<kube::Protocol>& protocols) {
  std::string text = std::to_string(port) + " is declared " +
                     (protocols.size() == 2 ? "twice" : std::to_string(protocols.size()) + " times");
  std::vector<std::string_view> distinct;
  for (const kube::Protocol protocol : protocols) {
    const std::string_view name = ToString(protocol);
    if (std::find(distinct.begin(), distinct.end(), name) == distinct.end()) distinct.push_back(name);
  }
  if (distinct.size() > 1) {
    text += " (";
    for (std::size_t i = 0; i < distinct.size(); ++i) {
      text.append(i == 0 ? "" : i + 1 == distinct.size() ? " and " : ", ").append(distinct[i]);
    }
    text += ")";
  }
  return text + "; Mesos counts numbers: never schedulable";
}

SubjectFindings FindingsOf(const ports::PortSpace& space, const Subject& subject,
                           const FindingOptions& options) {
  return Collector(space, subject, options).Collect();
}

SubjectFindings FindingsWithoutAgents(const Subject& subject) {
  SubjectFindings found;
  found.unknown = true;
  const std::vector<ports::Port>& doubled = subject.workload.demand.doubled;
  if (doubled.empty()) return found;
  Finding finding;
  finding.rule = "port-duplicate";
  finding.ports = doubled;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < doubled.size(); ++i) {
    finding.message += (i == 0 ? "" : "; ") + DescribeDuplicate(doubled[i], subject.doubled_protocols[i]);
    numbers = std::max(numbers, subject.doubled_protocols[i].size());
  }
  finding.message += ". Use " + ports::InWords(numbers) + " numbers.";
  finding.plan = found.plan;
  found.findings.push_back(std::move(finding));
  return found;
}

}  // namespace k8sm::ports_program
