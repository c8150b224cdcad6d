// Evaluates the port space: what is free, which pods wait for ports, and what is wrong.

#ifndef K8SM_CONTROLLER_PORT_SPACE_EVALUATION_H_
#define K8SM_CONTROLLER_PORT_SPACE_EVALUATION_H_

#include "controller/port_space/evaluation_options.h"
#include "controller/port_space/port_ledger.h"
#include "lib/kube/object_meta.h"
#include "lib/ports/cells.h"
#include "lib/ports/clash.h"
#include "lib/ports/judge.h"
#include "lib/ports/port_space.h"
#include "lib/ports/suggest.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// The pods of one namespace with the same demand that have no node.
struct PendingPods {
  std::uint64_t group = 0;       // DemandGroup::id
  std::vector<PendingPod> kept;  // the first kMaxKept by name
  std::size_t count = 0;
  ports::Judgement judgement;
  bool has_selector = false;  // a nodeSelector
  std::string sentence;       // why, and what to change; empty if they fit
  static constexpr std::size_t kMaxKept = 5;
};

struct LowAgent {
  ports::AgentIndex agent = 0;
  std::uint32_t free = 0;
  std::uint32_t offered = 0;
};

// A port that a pod holds and Mesos takes for free.
struct UnaccountedPort {
  ports::AgentIndex agent = 0;
  ports::Port port = 0;
  ports::HolderIndex holder = 0;
};

// The result of an evaluation. Does not change. Lists of findings have at most kMaxListed entries.
struct PortReport {
  explicit PortReport(ports::SharedSnapshot snapshot) : space(std::move(snapshot)) {}

  static constexpr std::size_t kMaxListed = 1'000;

  ports::PortSpace space;
  std::vector<std::string> roles;  // of the framework
  // Where the agents come from: "m1.example.net:5050", and which poll reported them.
  std::string master;
  std::chrono::steady_clock::time_point polled_at;
  std::uint64_t poll = 0;

  // Of all agents together, as seen by pods of any role of the framework.
  std::array<std::uint64_t, ports::kCellStates> cells{};
  std::uint64_t offered = 0;
  std::uint64_t free = 0;
  std::size_t active_agents = 0;
  std::size_t inactive_agents = 0;
  std::size_t agents_without_ports = 0;       // active ones
  std::size_t low_agents = 0;                 // active ones
  std::optional<std::uint32_t> free_minimum;  // of active agents that offer ports

  // Pending pods that request host ports, by ports::Verdict.
  std::array<std::size_t, 4> pods{};
  std::size_t demands_without_spare = 0;
  std::array<std::size_t, 2> clash_counts{};  // [bind]

  // Which of the lists below do not have all there is.
  struct Cut {
    bool pending = false;
    bool low = false;
    bool unaccounted = false;
    bool clashes = false;
  } cut;
  std::vector<PendingPods> pending;  // those that do not fit
  std::vector<LowAgent> low;
  std::vector<UnaccountedPort> unaccounted;
  std::vector<ports::Clash> clashes;
  std::vector<std::string> roles_without_ports;
  // If pods with host ports, other than static ones, are bound, and none of them to an agent: their number,
  // and one of them. The agents may be those of another cluster. 0 while the agents are not known.
  std::size_t pods_astray = 0;
  ports::HolderIndex astray = 0;
  // "31009 is free on 3 of 3 agents", for pods of the default roles; empty if nothing is free or the agents
  // are not known.
  std::string free_port;
};

// Computes a report in steps, between which other work may run: it refers to nothing that changes.
class Evaluation {
 public:
  // Copies what it needs of the ledger. O(agents * ranges + pods).
  Evaluation(ports::SharedSnapshot snapshot, const PortLedger& ledger, const EvaluationOptions& options);

  // Runs one step of a few milliseconds. Returns whether more follow.
  bool Step();

  // REQUIRES: Step() has returned false. Call once.
  std::shared_ptr<PortReport> TakeReport() { return std::move(report_); }

 private:
  struct Group {
    PendingPods pods;
    ports::Demand demand;
    std::size_t placed = 0;  // pods that the scheduler has bound
  };

  void CountAgents();
  void CountAgent(ports::AgentIndex agent);
  void FindUnaccounted(ports::AgentIndex agent);
  void FindClashes();
  void FindAstray();
  void FindFreePort();
  void JudgeGroup(Group& group);

  const EvaluationOptions options_;
  const std::vector<std::string> default_roles_;
  std::shared_ptr<PortReport> report_;
  ports::Suggester suggester_;
  std::vector<Group> groups_;
  ports::PortSet avoid_;  // not to be suggested
  ports::AgentIndex next_agent_ = 0;
  std::size_t next_group_ = 0;
  bool counted_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_EVALUATION_H_
