// Puts the program together and runs it.

#ifndef K8SM_CONTROLLER_MANAGER_H_
#define K8SM_CONTROLLER_MANAGER_H_

#include "controller/api_endpoints_writer.h"
#include "controller/dry_run_writer.h"
#include "controller/endpoints_reconciler.h"
#include "controller/health_checks.h"
#include "controller/ops_server.h"
#include "controller/options.h"
#include "controller/sync_loop.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/rest_config.h"
#include "lib/informer/informer.h"
#include "lib/informer/label_index.h"
#include "lib/informer/selector_index.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::controller {

// Owns everything: client, informers, queue, reconciler. Destroy it when Run() has returned, or when its
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

  // Whether the API server is as the caches ask for: changes are followed, and no sync is due, under way or
  // waiting to be tried again.
  bool Idle() const { return following_ && sync_loop_.Idle(); }

  // The resource version up to which the cache of that resource is true: the changes until then are among
  // what Idle() speaks of. Empty where it has not been listed yet; nothing where it is not watched.
  std::optional<std::string> ResourceVersion(std::string_view plural) const;

  // Ends the process when one of its tasks has died: endpoints would go stale without a word, and whoever
  // runs the program starts it again. For TaskGroup.
  [[noreturn]] static void DieOfBug(std::string_view task, std::string_view what);

 private:
  Manager(asio::any_io_executor executor, const Options& options, std::unique_ptr<client::ApiClient> client);

  Awaitable<bool> WaitForSync();
  Awaitable<void> TellOfSync();
  Awaitable<void> RunOnce();
  Awaitable<void> TellOfIdle();
  Awaitable<void> RunUntilStopped();
  Awaitable<void> ResyncLoop();
  Awaitable<void> ShutDown();

  void LogStart() const;
  void LogSync(std::chrono::duration<double> took) const;
  bool Synced() const;
  // Why a list that has not come to its end yet fails at present.
  std::optional<Error> ListError() const;
  bool HeardSince(std::chrono::steady_clock::time_point time) const;
  void QueueEverything();
  void FollowChanges();

  const Options options_;
  std::unique_ptr<client::ApiClient> client_;

  informer::Informer<kube::Service> services_;
  informer::Informer<kube::Pod> pods_;
  informer::Informer<kube::Endpoints> endpoints_;
  informer::SelectorIndex selectors_;
  informer::LabelIndex labels_;

  ApiEndpointsWriter api_writer_;
  DryRunWriter dry_run_writer_;
  EndpointsReconciler reconciler_;
  SyncLoop sync_loop_;

  HealthChecks health_checks_;
  std::unique_ptr<OpsServer> ops_server_;

  TaskGroup tasks_;    // what runs beside Run() until the end
  TaskGroup health_;   // the ops server, which ends after all else
  Notifier progress_;  // something that Run() may wait for has happened
  bool stopping_ = false;
  bool following_ = false;  // every change is queued
  bool idle_ = false;  // with options_.once: all is synced
  int exit_code_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_MANAGER_H_
