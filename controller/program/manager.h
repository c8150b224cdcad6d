// The composition root: creates the parts of the program, and starts and stops them in order.

#ifndef K8SM_CONTROLLER_PROGRAM_MANAGER_H_
#define K8SM_CONTROLLER_PROGRAM_MANAGER_H_

#include "controller/access/access_gate.h"
#include "controller/cluster/cluster_cache.h"
#include "controller/cluster/discovery.h"
#include "controller/ops/health_checks.h"
#include "controller/ops/log_check.h"
#include "controller/ops/program_metrics.h"
#include "controller/program/options.h"
#include "controller/reconcile/endpoint_controller.h"
#include "controller/report/event_stream.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/config/rest_config.h"
#include "lib/http_server/router.h"
#include "lib/http_server/server.h"
#include "lib/leader/leader_elector.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::controller {

class PortWatch;

// The exit code of a run with options.once and fail_on_skips in which nothing failed, but pods are skipped,
// or selectors are probably mistyped.
inline constexpr int kSkipsExitCode = 3;

// Owns the API client, the caches, the controller and the ops server. Destroy it after Run() has returned, or
// after its io_context has stopped.
//
// Run() lists, then takes part in the leader election, then syncs. So a standby has synced caches, and a
// process that cannot list never becomes leader. On shutdown, syncs are drained before the lease is released.
// The client checks before each write that the lease has not expired, so no write is sent without it.
class Manager {
 public:
  // Creates the parts and listens on the ops port; does not connect to the API server yet. Errors:
  // kInvalidConfig if a certificate cannot be used, kUnavailable if the ops address cannot be listened on.
  static Result<std::unique_ptr<Manager>> Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config);
  ~Manager();

  // Runs until Stop() is called, leadership is lost or, with options.once, everything is synced; then shuts
  // down. Returns the exit code of the process: 0 after Stop(), and after a complete -once run; 1 if -once
  // could not sync everything, if this process lost leadership, or if the configuration does not fit the API
  // server; kSkipsExitCode. Do not cancel it; call Stop().
  Awaitable<int> Run();

  // Makes Run() return within 5 s:
  //   1. No new sync starts; running syncs have 2.4 s to finish, then their requests are abandoned.
  //   2. Recorded events are sent, for up to 0.5 s.
  //   3. The lease is released, within 1 s, unless a request was abandoned, which may still be carried out.
  //   4. The ops server is closed.
  // A standby has nothing to finish and ends at once.
  void Stop();

  // Whether the API server has what the caches ask for: the controller has started, and no sync is pending,
  // running or waiting for a retry. Covers the changes that have reached cache().
  bool Idle() const {
    return controller_.Idle() && (!wants_slices_ || controller_.reconciler().with_slices());
  }

  const ClusterCache& cache() const { return cache_; }
  // The pages of the ops server, whether or not one is listening.
  const http_server::Router& pages() const { return ops_router_; }

  // A TaskGroup::FailureHandler that aborts the process with a FATAL log line. Without the failed task
  // endpoints would silently become stale; the supervisor restarts the process.
  [[noreturn]] static void DieOfBug(std::string_view task, std::string_view what);

 private:
  struct Parts {
    std::unique_ptr<ProgramMetrics> metrics;         // outlives the clients, whose requests it counts
    std::unique_ptr<leader::LeaderElector> elector;  // null without leader election
    std::unique_ptr<client::ApiClient> client;
    std::unique_ptr<client::ApiClient> review_client;  // null if the ops port is open to everyone
    std::unique_ptr<EventStream> events;               // of syncs; null in a dry run
    std::unique_ptr<EventStream> election_events;      // null without leader election
  };

  Manager(asio::any_io_executor executor, const Options& options, Parts parts);

  events::EventSink Events();
  Result<void> AddPortSpace(asio::any_io_executor executor);

  Awaitable<void> Prepare();
  Awaitable<void> WatchNodes(informer::ReadOptions reading);
  Awaitable<void> ReportMissingNodes();
  Awaitable<void> AddSlices();
  Awaitable<bool> WaitForSync();
  Awaitable<bool> WaitToLead();
  Awaitable<void> RunElection();
  Awaitable<void> RunOnce();
  // Whether pods are skipped or selectors are probably mistyped.
  bool IsAnyMistaken() const;
  Awaitable<void> WaitForSlicesOnce();
  Awaitable<void> SyncEverything();
  Awaitable<void> WaitForSlicesBriefly();
  Awaitable<void> RunUntilStopped();
  Awaitable<void> WaitWhileLeading();
  Awaitable<void> TellFirstSync();
  Awaitable<void> ShutDown();
  Awaitable<void> GiveUpLease();

  // Defined in manager_pages.cc.
  void AddHealthChecks();
  // Returns why the sync loop is stuck; nullopt if it is not.
  std::optional<std::string> LoopFailure() const;
  // Returns what has not been listed yet, e.g. "waiting for nodes (forbidden: grant list, watch on nodes)",
  // or what may no longer be listed: "outdated: pods (forbidden: grant list, watch on pods)". nullopt if
  // neither.
  std::optional<std::string> SyncFailure() const;
  void AddPages();

  // Defined in manager_log.cc.
  void LogStart() const;
  // Returns how many pods are skipped and services are without endpoints, and why.
  std::string DescribeSyncs() const;
  // Returns whether this process leads, and if not, who does.
  std::string DescribeRole() const;
  void LogSync(std::chrono::duration<double> took) const;
  void LogFirstSync(std::chrono::duration<double> took) const;
  void LogLoss() const;
  void LogNotLed() const;
  void LogSuperseded() const;
  leader::ElectionHooks Hooks();
  void OnElection(const std::string& what);
  // Whether this process may write, and until when it certainly may. Always true without leader election.
  bool Leads() const { return !elector_ || elector_->leading(); }
  std::chrono::steady_clock::time_point LeadsUntil() const;
  // Logs the error and ends the process with EXIT_FAILURE.
  void GiveUp(const Error& error);
  // Whether the API server cannot be asked what it serves, or a list fails and has received nothing since
  // `time`.
  bool IsStuckSince(std::chrono::steady_clock::time_point time) const;

  const Options options_;
  const std::unique_ptr<ProgramMetrics> metrics_;
  const std::unique_ptr<leader::LeaderElector> elector_;  // null without leader election
  const std::unique_ptr<client::ApiClient> client_;
  const std::unique_ptr<EventStream> events_;           // null with options.dry_run
  const std::unique_ptr<EventStream> election_events_;  // null without leader election
  ClusterCache cache_;
  Discovery discovery_;
  EndpointController controller_;
  std::unique_ptr<PortWatch> port_watch_;  // null without options.port_space

  LogCheck log_check_{StderrTakesLines};
  HealthChecks health_checks_;
  http_server::Router ops_router_;
  const std::unique_ptr<client::ApiClient> review_client_;  // null if the ops port is open to everyone
  std::unique_ptr<AccessGate> gate_;                        // null with it
  std::unique_ptr<http_server::Server> ops_server_;

  TaskGroup tasks_;     // the tasks that run until shutdown
  TaskGroup election_;  // the elector, which is stopped after them
  TaskGroup health_;    // the ops server, which is stopped last
  Notifier progress_;   // notified when a condition that Run() waits for may have changed
  leader::LockKind lock_kind_ = leader::LockKind::kLeases;
  bool superseded_ = false;  // the election on Endpoints, by one on a Lease
  bool election_ended_ = false;
  bool synced_ = false;        // the caches of Services, Pods and Endpoints
  bool wants_slices_ = false;  // set once discovery is done
  bool stopping_ = false;
  int exit_code_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_MANAGER_H_
