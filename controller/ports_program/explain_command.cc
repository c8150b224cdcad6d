#include "controller/ports_program/agent_lines.h"
#include "controller/ports_program/commands.h"
#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/ports/doubts.h"
#include "lib/ports/judge.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports_program {
namespace {

using ports::AgentIndex;
using ports::Demand;
using ports::Judgement;
using ports::PortSet;

const ClusterPod* FindPod(const State& state, const std::string& key, std::size_t& index) {
  for (index = 0; index < state.cluster.pods.size(); ++index) {
    if (NameOf(state.cluster.pods[index].holder) == key) return &state.cluster.pods[index];
  }
  return nullptr;
}

std::string_view Spoken(ports::Verdict verdict) {
  switch (verdict) {
    case ports::Verdict::kFits:
      return "there is room";
    case ports::Verdict::kNotNow:
      return "not now";
    case ports::Verdict::kNever:
      return "never";
    case ports::Verdict::kUnknown:
      return "not known";
  }
  return "";
}

std::string WantsText(const Demand& demand) {
  std::string text = "Wants ";
  if (!demand.fixed.empty()) text += ports::ListOf(demand.fixed.Ports()) + " (fixed)";
  if (demand.wild > 0) {
    text += demand.fixed.empty() ? "" : " and ";
    text += "any " + Count(demand.wild, "port");
  }
  if (!demand.wants_ports()) text += "no host ports";
  text += demand.roles.size() == 1 ? " in role " : " in roles ";
  for (std::size_t i = 0; i < demand.roles.size(); ++i) text += (i > 0 ? ", " : "") + demand.roles[i];
  return text + (demand.roles.empty() ? "(none)" : "");
}

std::string Age(const ClusterPod& pod, kube::Timestamp now) {
  if (!pod.created || *pod.created > now) return "";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *pod.created);
  return " for " + FormatDuration(seconds);
}

std::string BoundText(const State& state, std::size_t index) {
  const ClusterPod& pod = state.cluster.pods[index];
  const std::string on(pod.holder.node.get());
  if (pod.ended) return "Ended; it holds no ports.\n";
  std::vector<ports::Port> held;
  for (const ports::Claim& claim : pod.holder.claims) held.push_back(claim.port);
  if (held.empty()) return "Bound to " + on + "; it holds no host ports.\n";
  return "Bound to " + on + "; it holds " + ports::ListOf(PortSet::OfPorts(held).Ports()) +
         (pod.holder.leaving ? " until it is gone: it is terminating.\n" : ".\n");
}

std::string Conclusion(const State& state, const Demand& demand, const Judgement& judgement) {
  std::string text = Sentence(state.space, demand, judgement) + ".";
  const auto instead =
      SuggestInstead(state.space, demand, judgement, 1, state.declared | ports::PortsOfK8sm());
  if (instead) text += " " + Advice(*instead, state.space.CountEligible(demand)) + ".";
  if (judgement.verdict == ports::Verdict::kUnknown && judgement.why != ports::Why::kNoAgents)
    text += " Not certain: " + DoubtOf(state.space, demand) + ".";
  return Printable(text, kMaxLine) + "\n";
}

// Describes how many agents such a pod fits on.
std::string RoomText(const State& state, const Demand& demand) {
  const ports::RoleView& view = state.space.ViewFor(demand.roles);
  std::size_t with_room = 0;
  for (const AgentIndex agent : state.space.Eligible(demand))
    with_room += HasRoom(view.free[agent], demand) ? 1 : 0;
  return "Room on " + std::to_string(with_room) + " of " + Count(state.space.agents().size(), "agent") +
         ", as far as ports go: cpu, memory or an offer held by another framework keeps it waiting.\n";
}

std::string ExplainJson(const State& state, const std::string& key, const Demand& demand,
                        const Judgement& judgement) {
  return "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) + ",\"pod\":" + JsonText(key) +
         ",\"verdict\":" + JsonText(ToString(judgement.verdict)) +
         ",\"why\":" + JsonText(ToString(judgement.why)) + ",\"fixed\":" + PortsJson(demand.fixed.Ports()) +
         ",\"wild\":" + std::to_string(demand.wild) + ",\"ports\":" + PortsJson(judgement.ports) +
         ",\"message\":" + JsonText(Sentence(state.space, demand, judgement)) + "}\n";
}

}  // namespace

Result<Answer> ExplainPod(const State& state, const Options& options, kube::Timestamp now) {
  const std::string& key = options.operands[0];
  std::size_t index = 0;
  const ClusterPod* pod = FindPod(state, key, index);
  if (pod == nullptr) return Error{.code = Errc::kNotFound, .message = "there is no pod " + key};
  Answer answer;
  if (!pod->pending()) {
    answer.text = BoundText(state, index);
    answer.json = "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) + ",\"pod\":" + JsonText(key) +
                  ",\"node\":" + JsonText(pod->holder.node.get()) + "}\n";
    return answer;
  }
  const Demand demand = DemandOf(pod->spec, options.rules);
  const Judgement judgement = Judge(state.space, demand);
  answer.json = ExplainJson(state, key, demand, judgement);
  answer.text = "Pending" + Age(*pod, now) + ": " + std::string(Spoken(judgement.verdict)) + ". " +
                WantsText(demand) + ".\n";
  if (judgement.why != ports::Why::kDuplicate) answer.text += AgentLines(state, demand, pod->spec, options);
  answer.text += judgement.verdict == ports::Verdict::kFits ? RoomText(state, demand)
                                                            : Conclusion(state, demand, judgement);
  return answer;
}

}  // namespace k8sm::ports_program
