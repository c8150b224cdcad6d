#include "controller/ports_program/agent_lines.h"
#include "controller/ports_program/commands.h"
#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/ports/doubts.h"
#include "lib/ports/headroom.h"
#include "lib/ports/sentence.h"
#include "lib/ports/suggest.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace k8sm::ports_program {
namespace {

using ports::Basis;
using ports::Demand;

Demand DemandFor(const ports::PortSet& ports, const Options& options) {
  Demand demand;
  demand.fixed = ports;
  demand.wild = options.wild;
  demand.roles = options.roles.empty() ? options.rules.default_roles : options.roles;
  demand.selector = options.selector;
  return demand;
}

// A pod of the demand, for what the scheduler would map.
ports::PodSpec SpecFor(const Demand& demand) {
  ports::PodSpec spec;
  for (const ports::Port port : demand.fixed.Ports()) spec.ports.push_back({port, port});
  spec.ports.resize(spec.ports.size() + demand.wild);
  spec.port_mapping = "wildcard";
  std::string roles;
  for (const std::string& role : demand.roles) roles += (roles.empty() ? "" : ",") + role;
  spec.roles = roles;
  return spec;
}

// How many replicas have room now, and once the Nodes of all agents are registered and known.
std::string RoomText(const State& state, const Demand& demand, std::uint64_t now, std::uint64_t ever) {
  if (state.space.agents().empty()) return "No agents are known.";
  const bool known = state.space.known();
  std::string text =
      known ? "No replica will ever run." : "None of the agents that are known takes a replica.";
  if (ever > 0)
    text = "Room for " + Count(now, "more replica") + ", as far as ports go; at most " +
           std::to_string(ever) + (known ? " will ever run" : " can run on the agents that are known") +
           ", one on each agent.";
  const std::string doubt = DoubtOf(state.space, demand);
  return doubt.empty() ? text : text + " Not certain: " + doubt + ".";
}

// Which other roles the ports are offered to, which the pods may be meant for.
std::string OtherRolesText(const State& state, const Demand& demand) {
  std::set<std::string> others;
  for (const ports::Agent& agent : state.space.agents()) {
    for (const auto& [role, offered] : agent.offered) {
      if (std::ranges::find(demand.roles, role) == demand.roles.end()) others.insert(role);
    }
  }
  std::string text;
  for (const std::string& role : others) {
    Demand other = demand;
    other.roles = {role};
    const std::uint64_t offered = HeadroomOf(state.space, other, Basis::kOffer).pods;
    if (offered > 0) text += (text.empty() ? "" : ", ") + role + " on " + Count(offered, "agent");
  }
  return text.empty() ? ""
                      : Printable("Offered to other roles, for which pass -role: " + text, kMaxLine) + ".\n";
}

}  // namespace

Answer ExplainPorts(const State& state, const Options& options) {
  const ports::PortSet& ports = options.ports;
  const Demand demand = DemandFor(ports, options);
  const std::uint64_t offered = HeadroomOf(state.space, demand, Basis::kOffer).pods;
  const std::uint64_t now = HeadroomOf(state.space, demand, Basis::kFree).pods;
  const std::uint64_t ever = HeadroomOf(state.space, demand, Basis::kOfferEver).pods;
  const std::uint64_t eligible = state.space.CountEligible(demand);
  Answer answer;
  const std::string name = ports::ListOf(ports.Ports());
  answer.text = name + (ports.size() > 1 ? " together are" : " is") + " offered by " +
                std::to_string(offered) + " of " + Count(eligible, "agent") + ", and free on " +
                std::to_string(now) + ".\n" + AgentLines(state, demand, SpecFor(demand), options);
  const std::string room = RoomText(state, demand, now, ever);
  answer.text += OtherRolesText(state, demand) + Printable(room, kMaxLine);
  if (now < std::max(options.replicas, 1U)) {
    const ports::Judgement taken{.verdict = ports::Verdict::kNotNow, .why = ports::Why::kTaken};
    const auto instead = SuggestInstead(state.space, demand, taken, options.replicas,
                                        options.avoid | ports::PortsOfK8sm() | state.declared);
    if (instead) answer.text += " " + Advice(*instead, eligible) + ".";
  }
  answer.text += "\n";
  answer.json = "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) +
                ",\"ports\":" + PortsJson(ports.Ports()) + ",\"offered\":" + std::to_string(offered) +
                ",\"free\":" + std::to_string(now) + ",\"ever\":" + std::to_string(ever) +
                ",\"of\":" + std::to_string(eligible) + ",\"message\":" + JsonText(room) + "}\n";
  return answer;
}

}  // namespace k8sm::ports_program
