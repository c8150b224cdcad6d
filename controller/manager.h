// Puts the program together and runs it.

#ifndef K8SM_CONTROLLER_MANAGER_H_
#define K8SM_CONTROLLER_MANAGER_H_

#include "controller/cluster_cache.h"
#include "controller/controller.h"
#include "controller/health_checks.h"
#include "controller/log_check.h"
#include "controller/ops_router.h"
#include "controller/ops_server.h"
#include "controller/options.h"
#include "controller/program_metrics.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/rest_config.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// Owns everything: client, caches, controllers. Destroy it when Run() has returned, or when its
// io_context runs no more.
class Manager {
 public:
  // Connects to nothing yet. kInvalidConfig: certificates that can't be used, an address that can't be
  // listened on.
  static Result<std::unique_ptr<Manager>> Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config);

  // Runs until Stop() or, with options.once, until all is synced, and ends what is under way. Gives the
  // process' exit code: 0 where it ended as it was asked to, 1 where -once could not do all that it was asked
  // for. Ends by Stop(), not by cancellation.
  Awaitable<int> Run();

  // Lets Run() end within 5 s: no more syncs begin, requests in flight are finished or abandoned.
  void Stop();

  // Whether the API server holds what the caches ask for: changes are followed, and no sync is due, under way
  // or waiting to be tried again. cache() tells of which changes that holds.
  bool Idle() const;

  const ClusterCache& cache() const { return cache_; }
  // What the ops server serves, whether there is one or not.
  const OpsRouter& pages() const { return ops_router_; }

  // Ends the process when one of its tasks has died: endpoints would go stale without a word, and whoever
  // runs the program starts it again. For TaskGroup.
  [[noreturn]] static void DieOfBug(std::string_view task, std::string_view what);

 private:
  Manager(asio::any_io_executor executor, const Options& options, std::unique_ptr<ProgramMetrics> metrics,
          std::unique_ptr<client::ApiClient> client);

  Awaitable<void> Prepare();
  Awaitable<bool> DecideSlices();
  Awaitable<Result<bool>> AskForSlices();
  Awaitable<bool> WaitForSync();
  Awaitable<void> RunOnce();
  Awaitable<void> SyncOnce(Controller& controller);
  Awaitable<void> RunUntilStopped();
  Awaitable<void> ResyncLoop();
  Awaitable<void> ShutDown();

  void AddHealthChecks();
  void AddPages();
  std::optional<kube::Timestamp> SkippedSince(const kube::ObjectKey& service,
                                              const endpoints::Skip& skip) const;
  // A check that fails where the loop of the controller, if there is one of that number, does not do its
  // work.
  HealthCheck WorkerCheck(std::string name, std::size_t number);

  void LogStart() const;
  void LogSync(std::chrono::duration<double> took) const;
  // Why what has to be listed first can't be at present.
  std::optional<Error> TroubleAtStart() const;

  const Options options_;
  std::unique_ptr<ProgramMetrics> metrics_;  // never null
  std::unique_ptr<client::ApiClient> client_;
  ClusterCache cache_;
  // That of Endpoints, and, once it is known that they are wanted, that of EndpointSlices.
  std::vector<std::unique_ptr<Controller>> controllers_;

  EndpointsController* endpoints_ = nullptr;  // among controllers_

  LogCheck log_check_;
  HealthChecks health_checks_;
  OpsRouter ops_router_;
  std::unique_ptr<OpsServer> ops_server_;

  asio::any_io_executor executor_;
  TaskGroup tasks_;    // what runs beside Run() until the end
  TaskGroup health_;   // the ops server, which ends after all else
  Notifier progress_;  // something that Run() may wait for has happened
  bool synced_ = false;
  std::optional<Error> discovery_error_;
  bool stopping_ = false;
  bool following_ = false;  // every change is queued
  std::size_t idle_ = 0;    // with options_.once: controllers that have synced all
  int exit_code_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_MANAGER_H_
