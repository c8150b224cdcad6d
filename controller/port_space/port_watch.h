// Keeps a report of the port space up to date with the Mesos master and the caches, and reports what is
// wrong.

#ifndef K8SM_CONTROLLER_PORT_SPACE_PORT_WATCH_H_
#define K8SM_CONTROLLER_PORT_SPACE_PORT_WATCH_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/port_space/agent_labels.h"
#include "controller/port_space/evaluation.h"
#include "controller/port_space/findings.h"
#include "controller/port_space/poll_log.h"
#include "controller/port_space/port_ledger.h"
#include "controller/port_space/port_log.h"
#include "controller/port_space/port_space_options.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/events/event_sink.h"
#include "lib/mesos/agents_poll.h"

#include <boost/asio/any_io_executor.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::controller {

// Nothing that happens here affects endpoints, readiness or the lease: a failed poll is logged and repeated,
// and work is done in steps.
class PortWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using OnPolled = std::function<void(mesos::PollOutcome outcome, std::chrono::duration<double> took)>;

  // What it needs of the program.
  struct Hooks {
    events::EventSink events;     // for events on pods
    std::function<bool()> leads;  // whether this process leads; others log and record no findings
  };

  // Begins to follow `cache`, whose informers must not run yet. `cache` and what the hooks refer to must
  // outlive it. Errors: kInvalidConfig if the credentials or certificates cannot be used.
  static Result<std::unique_ptr<PortWatch>> Create(asio::any_io_executor executor, PortSpaceOptions options,
                                                   ClusterCache& cache, Hooks hooks);

  // Starts to poll and to evaluate, in tasks that end by cancellation. Call once. REQUIRES: the caches have
  // synced.
  void Start(TaskGroup& tasks);

  // The latest evaluation, at most once a second and only after changes; null before the first.
  const std::shared_ptr<const PortReport>& report() const { return report_; }
  // Its findings.
  const std::shared_ptr<const std::vector<PortFinding>>& findings() const { return findings_; }
  const PortLedger& ledger() const { return ledger_; }

  // "31009 is free on 3 of 3 agents"; empty if no port is known to be free.
  std::string FreePort() const { return report_ ? report_->free_port : ""; }
  // Number of polls with each outcome.
  std::uint64_t polls(mesos::PollOutcome outcome) const { return polls_[static_cast<std::size_t>(outcome)]; }
  // Sets the observer of each poll.
  void SetObserver(OnPolled on_polled) { on_polled_ = std::move(on_polled); }

 private:
  PortWatch(asio::any_io_executor executor, PortSpaceOptions options, std::unique_ptr<mesos::AgentsPoll> poll,
            ClusterCache& cache, Hooks hooks);

  Awaitable<void> PollLoop();
  void TakePoll(mesos::PollResult result, std::chrono::milliseconds took);
  Awaitable<void> EvaluateLoop();
  Awaitable<void> Evaluate();
  ports::SharedSnapshot MakeSnapshot(std::vector<ports::SharedAgent> agents) const;
  // Whether the agents were polled recently enough, at the pace of a leader or of a standby.
  bool IsFresh(TimePoint now) const;
  bool TrustsNodes(TimePoint now) { return node_trust_.Update(cache_.NodesAreCurrent(now), now); }
  void OnChange();
  PortLog::PodState StateOf(const kube::ObjectKey& key, const kube::Uid& uid) const;
  void Report(TimePoint now);

  const PortSpaceOptions options_;
  const std::unique_ptr<mesos::AgentsPoll> poll_;
  ClusterCache& cache_;
  const Hooks hooks_;
  asio::any_io_executor executor_;
  Notifier changed_;
  OnPolled on_polled_;

  // The last list of agents.
  std::vector<ports::SharedAgent> agents_;
  std::string master_;
  bool complete_ = false;
  std::uint64_t poll_number_ = 0;  // 0: none yet
  TimePoint polled_at_;
  std::chrono::milliseconds took_{0};  // the duration of that poll

  AgentLabels labels_;
  NodeLabelsTrust node_trust_;
  PortLedger ledger_;
  bool uses_nodes_ = false;  // whether the labels of Nodes counted at the last evaluation
  bool dirty_ = false;       // something has changed since the last evaluation began
  std::shared_ptr<const PortReport> report_;
  std::shared_ptr<const std::vector<PortFinding>> findings_ =
      std::make_shared<const std::vector<PortFinding>>();
  PortLog log_;
  PollLog poll_log_;
  std::string told_master_;
  std::array<std::uint64_t, 6> polls_{};
};

// Returns the pause after an evaluation that took `took`, so that evaluations take at most 5 % of the time: a
// second at least, and 10 s at most, because one that seems to have taken longer was interrupted by a
// suspend.
std::chrono::milliseconds PauseAfterEvaluation(std::chrono::milliseconds took);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_PORT_WATCH_H_
