// What of a port report users should act on, as texts for the log, events and /debug/ports.

#ifndef K8SM_CONTROLLER_PORT_SPACE_FINDINGS_H_
#define K8SM_CONTROLLER_PORT_SPACE_FINDINGS_H_

#include "controller/port_space/evaluation.h"
#include "lib/kube/symbol.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

enum class FindingKind : std::uint8_t { kPending, kClash, kUnaccounted, kRole, kMaster, kLow };

// One thing that is wrong.
struct PortFinding {
  FindingKind kind = FindingKind::kPending;
  std::string_view rule;  // "port-outside-offers", as k8sm-ports names it; a literal
  // The same for the same thing in every evaluation, and different for different things.
  std::string key;
  std::string text;  // one line: what is wrong, and what to change
  std::string over;  // one line, for when it has ended

  // Of kPending: the key of the finding about the same group of pods with the other verdict. If that one has
  // been reported and turns into this one, this one is reported at once, instead of that one's end.
  std::string counterpart;

  // How long it has to last before it is reported.
  std::chrono::seconds patience{0};
  // Whether two polls of the master have to show it, because pods and agents are not read at the same time.
  bool needs_two_polls = false;
  // If true, it has ended only if an evaluation lacks it that was made with a complete and fresh list of
  // agents.
  bool needs_agents = true;
  // If true, that evaluation must also have known the labels of Nodes.
  bool needs_nodes = false;

  // The pods concerned, for events; up to five.
  std::vector<PendingPod> pods;
  // Of kLow: the agent.
  kube::Symbol agent_name;
  std::string agent_id;
  std::string_view event_reason;  // a literal; empty: no event
  std::string event_text;
};

// The key of the finding that a group of pending pods (PendingPods::group) can never be scheduled, or waits.
std::string KeyOfPending(std::uint64_t group, bool never);

// Returns the findings, those of pods first. O(findings).
std::vector<PortFinding> FindingsOf(const PortReport& report);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_FINDINGS_H_
