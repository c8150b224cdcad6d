// Puts the program together and runs it.

#ifndef K8SM_CONTROLLER_PROGRAM_MANAGER_H_
#define K8SM_CONTROLLER_PROGRAM_MANAGER_H_

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
#include "lib/client/rest_config.h"
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

// Owns everything: client, caches, controllers. Destroy it when Run() has returned, or when its
// io_context runs no more.
//
// In this order it lists, then takes part in the election of a leader, then syncs. So a standby has true
// caches, and nobody leads who can't work yet. At a stop the syncs end before the lease is given up, and a
// write that is sent after the lease has ended there is not: the client asks the elector before each.
class Manager {
 public:
  // Connects to nothing yet. kInvalidConfig: certificates that can't be used, an address that can't be
  // listened on.
  static Result<std::unique_ptr<Manager>> Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config);

  // Runs until Stop() or, with options.once, until all is synced, and ends what is under way. Gives the
  // process' exit code: 0 where it ended as it was asked to, 1 where -once could not do all that it was asked
  // for, or where this process led and does so no more. Ends by Stop(), not by cancellation.
  Awaitable<int> Run();

  // Lets Run() end within 5 s: no more syncs begin, requests in flight are finished or abandoned, and a lease
  // that is held is given up. A standby ends at once.
  void Stop();

  // Whether the API server holds what the caches ask for: changes are followed, and no sync is due, under way
  // or waiting to be tried again. cache() tells of which changes that holds.
  bool Idle() const {
    return controller_.Idle() && (!wants_slices_ || controller_.reconciler().with_slices());
  }

  const ClusterCache& cache() const { return cache_; }
  // What the ops server serves, whether there is one or not.
  const http_server::Router& pages() const { return ops_router_; }

  // Ends the process when one of its tasks has died: endpoints would go stale without a word, and whoever
  // runs the program starts it again. For TaskGroup.
  [[noreturn]] static void DieOfBug(std::string_view task, std::string_view what);

 private:
  struct Parts {
    std::unique_ptr<ProgramMetrics> metrics;         // that are told of the clients' requests
    std::unique_ptr<leader::LeaderElector> elector;  // null: there is no election
    std::unique_ptr<client::ApiClient> client;
    std::unique_ptr<EventStream> events;           // of what is synced; null: nothing is told
    std::unique_ptr<EventStream> election_events;  // null: there is no election
  };

  Manager(asio::any_io_executor executor, const Options& options, Parts parts);

  events::EventSink Events();

  Awaitable<void> Prepare();
  Awaitable<void> AddSlices();
  Awaitable<bool> WaitForSync();
  Awaitable<bool> WaitToLead();
  Awaitable<void> RunOnce();
  Awaitable<void> WaitForSlicesOnce();
  Awaitable<void> SyncEverything();
  Awaitable<void> WaitForSlicesBriefly();
  Awaitable<void> RunUntilStopped();
  Awaitable<void> WaitWhileLeading();
  Awaitable<void> TellFirstSync();
  Awaitable<void> ShutDown();
  Awaitable<void> GiveUpLease();

  // In manager_pages.cc: what operators see.
  void AddHealthChecks();
  // Why the loop does not do its work; nothing: it does.
  std::optional<std::string> LoopFailure() const;
  // What is still to be listed, "waiting for nodes (forbidden: grant list, watch on nodes)"; nothing: all is
  // there.
  std::optional<std::string> SyncFailure() const;
  void AddPages();

  void LogStart() const;
  // How many pods are not published, and why.
  std::string DescribeSkips() const;
  void LogSync(std::chrono::duration<double> took) const;
  void LogLoss() const;
  void LogNotLed() const;
  void LogSuperseded() const;
  leader::ElectionHooks Hooks();
  void OnElection(const std::string& what);
  // Whether this process may write, and until when at least. Always where there is no election.
  bool Leads() const { return !elector_ || elector_->leading(); }
  std::chrono::steady_clock::time_point LeadsUntil() const;
  // Which kind of object the election is held on: every process that asks the same server chooses alike.
  leader::LockKind DecideOnLock(const client::ServerCapabilities& server) const;
  // Whether EndpointSlices are written. kInvalidConfig where they are wanted and the server has none.
  Result<bool> DecideOnSlices(const client::ServerCapabilities& server) const;
  // Why what has to be listed first can't be at present.
  std::optional<Error> TroubleAtStart() const;

  const Options options_;
  const std::unique_ptr<ProgramMetrics> metrics_;
  const std::unique_ptr<leader::LeaderElector> elector_;  // null: there is no election
  const std::unique_ptr<client::ApiClient> client_;
  const std::unique_ptr<EventStream> events_;           // null with options.dry_run
  const std::unique_ptr<EventStream> election_events_;  // null where there is no election
  ClusterCache cache_;
  Discovery discovery_;
  EndpointController controller_;

  LogCheck log_check_{StderrTakesLines};
  HealthChecks health_checks_;
  http_server::Router ops_router_;
  std::unique_ptr<http_server::Server> ops_server_;

  TaskGroup tasks_;     // what runs beside Run() until the end
  TaskGroup election_;  // the elector, which ends after them
  TaskGroup health_;    // the ops server, which ends after all else
  Notifier progress_;   // something that Run() may wait for has happened
  leader::LockKind lock_kind_ = leader::LockKind::kLeases;
  bool superseded_ = false;    // the election, by one on a lease
  bool synced_ = false;        // the caches that Endpoints need
  bool wants_slices_ = false;  // known once the server has been asked
  bool stopping_ = false;
  int exit_code_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_MANAGER_H_
