#include "controller/ports_program/finding.h"

#include "lib/base/printable.h"

#include <array>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxText = 1'000;

constexpr std::array<Rule, 15> kRules{{
    {"port-duplicate", "One host port is declared twice in a pod.",
     "Mesos counts numbers, whatever the protocol or address: such a pod is never scheduled. Use two "
     "numbers."},
    {"port-outside-offers", "A host port is offered by no agent.",
     "Take a port out of the ranges that agents offer, or have the ranges extended (--resources of the "
     "agents)."},
    {"port-never-together", "No agent offers all of the pod's host ports.",
     "All ports of a pod come from one agent. Take ports that one agent offers together."},
    {"port-no-role", "No agent offers ports to the pod's roles.",
     "Correct the annotation k8s.mesosphere.io/roles, or reserve ports for the role."},
    {"port-no-agent", "No agent matches the pod's nodeName and nodeSelector.",
     "Correct nodeName or nodeSelector, or give agents the attribute."},
    {"port-too-few", "No agent offers as many ports as the pod asks for.",
     "Ask for fewer ports, or have the ranges extended."},
    {"port-replicas-exceed-agents", "More replicas than agents that offer the ports.",
     "A fixed port takes an agent for each replica. Run fewer replicas, or take ports that more agents "
     "offer."},
    {"port-joint-overcommit",
     "Several workloads want one port on too few agents, or more ports than there are.",
     "Give one of the workloads another port, run fewer replicas, or add agents."},
    {"port-taken", "Not all replicas have room now.",
     "Take other ports, or wait until the ports are released."},
    {"port-rollout-stuck", "A rollout would wait for a port that its old pods hold.",
     "Set maxUnavailable to 1 or more, or use strategy Recreate; of a ReplicationController, scale down "
     "by one before the rolling update."},
    {"port-no-spare", "No room for another replica.",
     "One agent lost, or one rollout, and a replica waits. Add an agent, or take ports that are free on "
     "more."},
    {"port-node-port-overlap", "A host port is a Service's node port.",
     "The node port takes the host port over without a word. Keep --service-node-port-range off the agents' "
     "offers."},
    {"port-clash", "Several pods hold one port of an agent.",
     "Delete one of the pods, or give it another port."},
    {"port-unaccounted", "A pod holds a port that Mesos takes for free.",
     "Take the ports of static pods out of the agent's --resources."},
    {"port-agent-low", "An agent has few free ports left.", "Extend the agent's ranges, or add agents."},
}};

}  // namespace

std::string_view ToString(Level level) {
  switch (level) {
    case Level::kError:
      return "error";
    case Level::kWarning:
      return "warning";
    case Level::kNote:
      return "note";
  }
  return "";
}

std::span<const Rule> Rules() {
  return kRules;
}

std::string ObjectOf(const Finding& finding) {
  return Printable(finding.kind + " " + (finding.ns.empty() ? "" : finding.ns + "/") + finding.name,
                   kMaxText);
}

std::string PlaceOf(const Finding& finding) {
  return finding.file.empty() ? "live"
                              : Printable(finding.file, kMaxText) + ":" + std::to_string(finding.line);
}

FindingCounts CountFindings(std::span<const Finding> findings) {
  FindingCounts counts;
  for (const Finding& finding : findings) {
    switch (finding.level) {
      case Level::kError:
        ++counts.errors;
        break;
      case Level::kWarning:
        ++counts.warnings;
        break;
      case Level::kNote:
        ++counts.notes;
        break;
    }
  }
  return counts;
}

}  // namespace k8sm::ports_program
