#include "controller/ports_program/commands.h"
#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

using ports::AgentIndex;
using ports::Demand;

constexpr std::size_t kMaxPodsTold = 40;
constexpr std::size_t kMaxRangesTold = 6;

// A pod on the agent, and how many of its kind have room on others.
struct Resident {
  const ClusterPod* pod = nullptr;
  Demand demand;
  std::uint64_t elsewhere = 0;
  bool stranded = false;
};

std::uint64_t RoomElsewhere(const State& state, const Demand& demand, const kube::Symbol& agent) {
  const ports::RoleView& view = state.space.ViewFor(demand.roles);
  std::uint64_t room = 0;
  for (const AgentIndex other : state.space.Eligible(demand)) {
    if (state.space.agents()[other].name == agent || !HasRoom(view.free[other], demand)) continue;
    room += demand.fixed.empty() ? view.free[other].size() / demand.wild : 1;
  }
  return room;
}

// Those with the least room first. Without static pods, which end with their agent, and those that are being
// deleted.
std::vector<Resident> ResidentsOf(const State& state, const Options& options, const kube::Symbol& agent) {
  std::vector<Resident> residents;
  for (const ClusterPod& pod : state.cluster.pods) {
    const bool stays = !pod.ended && !pod.holder.leaving && !pod.holder.mirror;
    if (!stays || pod.holder.node != agent) continue;
    Resident resident{.pod = &pod, .demand = DemandOf(pod.spec, options.rules)};
    resident.demand.node = {};
    if (!resident.demand.wants_ports()) continue;
    resident.elsewhere = RoomElsewhere(state, resident.demand, agent);
    // Pods of one demand compete for the same room.
    const auto like_it = static_cast<std::uint64_t>(std::ranges::count_if(
        residents, [&](const Resident& other) { return other.demand == resident.demand; }));
    resident.stranded = resident.elsewhere <= like_it;
    residents.push_back(std::move(resident));
  }
  std::ranges::stable_sort(residents, {}, [](const Resident& resident) {
    return std::pair(!resident.stranded, resident.elsewhere);
  });
  return residents;
}

std::string PortsText(const Demand& demand) {
  std::string text = demand.fixed.empty() ? "" : ports::ListOf(demand.fixed.Ports());
  if (demand.wild > 0) text += (text.empty() ? "any " : " and any ") + Count(demand.wild, "port");
  return text;
}

std::string RoomText(const Resident& resident) {
  if (resident.elsewhere == 0) return "no room on another agent";
  std::string text = "room for " + std::to_string(resident.elsewhere) + " on others";
  return resident.stranded ? text + ", which pods like it take" : text;
}

// What the agents of this name offer, and what is free.
std::string OffersText(const State& state, const std::string& name) {
  std::string text;
  for (AgentIndex agent = 0; agent < state.space.agents().size(); ++agent) {
    const ports::Agent& of = state.space.agents()[agent];
    if (of.name.get() != name) continue;
    std::string line = TitleOf(state.space, agent) + (of.active ? "" : " (inactive)") + " offers";
    const char* separator = " ";
    for (const auto& [role, offered] : of.offered) {
      const ports::PortSet& free = state.space.ViewFor(std::vector<std::string>{role}).free[agent];
      line += separator + ports::ToString(offered, kMaxRangesTold) + " to role " + role + ", ";
      line += free.empty() ? "none free" : std::to_string(free.size()) + " free";
      if (!free.empty() && free != offered) line += " (" + ports::ToString(free, kMaxRangesTold) + ")";
      separator = "; ";
    }
    if (of.offered.empty()) line += " no ports";
    text += Printable(line, kMaxLine) + ".\n";
  }
  return text;
}

std::string TextOf(const std::vector<Resident>& residents, bool all) {
  const auto stranded = static_cast<std::size_t>(std::ranges::count_if(residents, &Resident::stranded));
  std::string text = "It runs " + Count(residents.size(), "pod") + " with host ports.\n";
  const std::size_t told = all ? residents.size() : std::min(residents.size(), kMaxPodsTold);
  for (std::size_t i = 0; i < told; ++i) {
    const Resident& resident = residents[i];
    text += "  " +
            Printable(
                NameOf(resident.pod->holder) + "  " + PortsText(resident.demand) + ": " + RoomText(resident),
                kMaxLine) +
            "\n";
  }
  if (told < residents.size())
    text += "  and " + std::to_string(residents.size() - told) + " more with more room; -all shows them.\n";
  if (residents.empty()) return text;
  const std::size_t others = residents.size() - stranded;
  text += "Without this agent " + std::to_string(others) + " of them " + (others == 1 ? "has" : "have") +
          " room on others";
  if (stranded > 0) text += ", and " + std::to_string(stranded) + (stranded == 1 ? " waits" : " wait");
  return text + ", as far as ports go. Pods of a DaemonSet end with it.\n";
}

std::string JsonOf(const State& state, const std::vector<Resident>& residents, const std::string& agent) {
  std::string json =
      "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) + ",\"agent\":" + JsonText(agent) + ",\"pods\":[";
  const char* separator = "\n";
  for (const Resident& resident : residents) {
    json += separator + ("{\"pod\":" + JsonText(NameOf(resident.pod->holder))) +
            ",\"fixed\":" + PortsJson(resident.demand.fixed.Ports()) +
            ",\"wild\":" + std::to_string(resident.demand.wild) +
            ",\"elsewhere\":" + std::to_string(resident.elsewhere) +
            ",\"stranded\":" + (resident.stranded ? "true" : "false") + "}";
    separator = ",\n";
  }
  return json + "]}\n";
}

}  // namespace

Result<Answer> ExplainAgent(const State& state, const Options& options) {
  const std::string& name = options.operands[0];
  const bool known = std::ranges::any_of(state.space.agents(),
                                         [&](const ports::Agent& agent) { return agent.name.get() == name; });
  if (!known) return Error{.code = Errc::kNotFound, .message = "there is no agent " + name};
  const std::vector<Resident> residents = ResidentsOf(state, options, kube::Symbol(name));
  return Answer{.text = OffersText(state, name) + TextOf(residents, options.all),
                .json = JsonOf(state, residents, name)};
}

}  // namespace k8sm::ports_program
