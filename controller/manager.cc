#include "controller/manager.h"

#include "controller/triggers.h"
#include "lib/base/version.h"
#include "lib/client/api_path.h"
#include "lib/client/client_options.h"

#include <glog/logging.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// How long requests in flight have to end at a stop.
constexpr seconds kDrainTime{4};
// How long the health server has to end after that.
constexpr milliseconds kLastWords{200};
// How long -once waits while the API server can't be listed from.
constexpr seconds kOncePatience{30};
// How often -once tries a service: conflicts with other writers are over by then.
constexpr std::size_t kOnceTries = 8;

client::ClientOptions ClientOptionsFor(const Options& options) {
  client::ClientOptions client_options;
  client_options.qps = options.kube_api_qps;
  client_options.burst = options.kube_api_burst;
  client_options.max_idle_connections = options.concurrent_endpoint_syncs;
  // Deprecations as a rule, of Endpoints themselves since Kubernetes 1.33: for those who plan, nothing to act
  // on now.
  client_options.on_warning = [](std::string_view text) { LOG(INFO) << "the API server warns: " << text; };
  return client_options;
}

SyncLoopOptions SyncLoopOptionsFor(const Options& options) {
  SyncLoopOptions loop_options{.concurrency = options.concurrent_endpoint_syncs};
  if (options.once) loop_options.max_tries = kOnceTries;
  return loop_options;
}

// "20,000"
std::string WithSeparators(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t place = text.size(); place > 3;) text.insert(place -= 3, ",");
  return text;
}

std::string_view Describe(endpoints::AddressMode mode) {
  return mode == endpoints::AddressMode::kHostPort ? "Creating hostIP:hostPort endpoint controller"
                                                   : "Creating podIP:containerPort endpoint controller";
}

// Uniform in [shortest, 2 * shortest].
milliseconds ResyncDelay(milliseconds shortest) {
  static std::minstd_rand random(std::random_device{}());
  return shortest +
         milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, shortest.count())(random));
}

}  // namespace

Result<std::unique_ptr<Manager>> Manager::Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config) {
  auto client = client::ApiClient::Create(executor, std::move(config), ClientOptionsFor(options));
  if (!client) return client.error();
  std::unique_ptr<Manager> manager(new Manager(executor, options, *std::move(client)));
  if (options.port != 0 && !options.once) {
    auto server = OpsServer::Listen(executor, options.address, options.port, manager->health_checks_);
    if (!server) return server.error();
    manager->ops_server_ = *std::move(server);
  }
  return manager;
}

Manager::Manager(asio::any_io_executor executor, const Options& options,
                 std::unique_ptr<client::ApiClient> client)
    : options_(options),
      client_(std::move(client)),
      services_(executor, *client_, client::kServices, options_.ns),
      pods_(executor, *client_, client::kPods, options_.ns),
      endpoints_(executor, *client_, client::kEndpoints, options_.ns),
      selectors_(services_.store()),
      labels_(pods_.store()),
      api_writer_(*client_, endpoints_.store()),
      dry_run_writer_(endpoints_.store(), std::cout),
      reconciler_(options_.mode, {services_.store(), endpoints_.store(), labels_},
                  options_.dry_run ? static_cast<EndpointsWriter&>(dry_run_writer_) : api_writer_),
      sync_loop_(
          executor, SyncLoopOptionsFor(options_),
          [this](ObjectKey key) { return reconciler_.Sync(std::move(key)); }, DieOfBug),
      tasks_(executor, DieOfBug),
      health_(executor, DieOfBug),
      progress_(executor) {
  health_checks_.Add(HealthEndpoint::kReadyz, {"informer-sync", [this]() -> std::optional<std::string> {
                                                 if (Synced()) return std::nullopt;
                                                 return "not everything has been listed yet";
                                               }});
  health_checks_.Add(HealthEndpoint::kReadyz, {"shutdown", [this]() -> std::optional<std::string> {
                                                 if (!stopping_) return std::nullopt;
                                                 return "the process is shutting down";
                                               }});
}

void Manager::DieOfBug(std::string_view task, std::string_view what) {
  LOG(FATAL) << "the task \"" << task << "\" has failed: " << what;
  std::abort();
}

void Manager::Stop() {
  stopping_ = true;
  progress_.Notify();
}

void Manager::LogStart() const {
  LOG(INFO) << Describe(options_.mode) << (options_.dry_run ? " (dry run: nothing is written)" : "")
            << ", version " << kVersion << ", for " << client_->config().Url();
}

void Manager::LogSync(std::chrono::duration<double> took) const {
  LOG(INFO) << "synced " << WithSeparators(services_.store().size()) << " services, "
            << WithSeparators(pods_.store().size()) << " pods in " << std::fixed << std::setprecision(1)
            << took.count() << " s";
}

Awaitable<int> Manager::Run() {
  LogStart();
  tasks_.Spawn("informer of services", services_.Run());
  tasks_.Spawn("informer of pods", pods_.Run());
  tasks_.Spawn("informer of endpoints", endpoints_.Run());
  if (ops_server_) health_.Spawn("ops server", ops_server_->Run());

  const bool synced = co_await WaitForSync();
  if (synced && options_.once) co_await RunOnce();
  if (synced && !options_.once) co_await RunUntilStopped();
  co_await ShutDown();
  co_return exit_code_;
}

Awaitable<void> Manager::TellOfSync() {
  co_await services_.WaitForSync();
  co_await pods_.WaitForSync();
  co_await endpoints_.WaitForSync();
  progress_.Notify();
}

std::optional<std::string> Manager::ResourceVersion(std::string_view plural) const {
  if (plural == client::kServices.plural) return services_.resource_version();
  if (plural == client::kPods.plural) return pods_.resource_version();
  if (plural == client::kEndpoints.plural) return endpoints_.resource_version();
  return std::nullopt;
}

bool Manager::Synced() const {
  return services_.synced() && pods_.synced() && endpoints_.synced();
}

std::optional<Error> Manager::ListError() const {
  if (!services_.synced() && services_.last_error()) return services_.last_error();
  if (!pods_.synced() && pods_.last_error()) return pods_.last_error();
  if (!endpoints_.synced() && endpoints_.last_error()) return endpoints_.last_error();
  return std::nullopt;
}

bool Manager::HeardSince(steady_clock::time_point time) const {
  return services_.last_heard() > time || pods_.last_heard() > time || endpoints_.last_heard() > time;
}

// Nothing is written before every cache holds what the API server has: a missing pod would look like one that
// is gone.
Awaitable<bool> Manager::WaitForSync() {
  const auto start = steady_clock::now();
  auto look_at = options_.once ? start + kOncePatience : steady_clock::time_point::max();
  tasks_.Spawn("wait for the first lists", TellOfSync());
  while (!Synced() && !stopping_) {
    const bool notified = co_await progress_.WaitUntil(look_at);
    if (notified) continue;
    const auto error = ListError();
    if (error && !HeardSince(look_at - kOncePatience)) {
      LOG(ERROR) << "giving up: nothing can be synced while the API server can't be read: "
                 << ToString(*error);
      exit_code_ = EXIT_FAILURE;
      co_return false;
    }
    look_at += kOncePatience;
  }
  if (stopping_) {
    if (options_.once) exit_code_ = EXIT_FAILURE;
    co_return false;
  }
  LogSync(steady_clock::now() - start);
  co_return true;
}

// Services, and Endpoints whose service may be gone; by name, so that a dry run's report can be compared with
// another.
void Manager::QueueEverything() {
  std::vector<ObjectKey> keys;
  services_.store().ForEach([&](const Service& service) { keys.push_back(service.meta.Key()); });
  endpoints_.store().ForEach([&](const Endpoints& endpoints) { keys.push_back(endpoints.meta.Key()); });
  std::sort(keys.begin(), keys.end());
  for (const ObjectKey& key : keys) sync_loop_.Add(key);
}

void Manager::FollowChanges() {
  services_.store().AddListener([this](const Service* before, const Service* after) {
    const ObjectKey key = (after != nullptr ? after : before)->meta.Key();
    if (after == nullptr) reconciler_.NoteDeleted(key);
    sync_loop_.Add(key);
  });
  pods_.store().AddListener([this](const Pod* before, const Pod* after) {
    for (const ObjectKey& key : ServicesTouchedBy(before, after, selectors_)) {
      sync_loop_.AddAfter(key, options_.endpoint_updates_batch_period);
    }
  });
  endpoints_.store().AddListener([this](const Endpoints* before, const Endpoints* after) {
    // What we have written needs no second look; what others write does.
    if (!api_writer_.applying()) sync_loop_.Add((after != nullptr ? after : before)->meta.Key());
  });
  following_ = true;
}

Awaitable<void> Manager::RunOnce() {
  QueueEverything();
  tasks_.Spawn("sync loop", sync_loop_.Run());
  tasks_.Spawn("wait for the last sync", TellOfIdle());
  while (!idle_ && !stopping_) co_await progress_.Wait();
  if (sync_loop_.failed() > 0 || !idle_) {
    LOG(ERROR) << "not everything is synced: " << sync_loop_.failed() << " services or leftovers have failed"
               << (idle_ ? "" : ", and others were not reached");
    exit_code_ = EXIT_FAILURE;
  }
  if (options_.dry_run) std::cout << dry_run_writer_.Summary() << std::endl;
}

Awaitable<void> Manager::TellOfIdle() {
  co_await sync_loop_.WaitUntilIdle();
  idle_ = true;
  progress_.Notify();
}

Awaitable<void> Manager::RunUntilStopped() {
  QueueEverything();
  FollowChanges();
  tasks_.Spawn("sync loop", sync_loop_.Run());
  if (options_.min_resync_period.count() > 0) tasks_.Spawn("resync", ResyncLoop());
  while (!stopping_) co_await progress_.Wait();
}

Awaitable<void> Manager::ResyncLoop() {
  for (;;) {
    co_await SleepFor(ResyncDelay(options_.min_resync_period));
    VLOG(2) << "syncing every service again";
    QueueEverything();
  }
}

Awaitable<void> Manager::ShutDown() {
  const auto deadline = steady_clock::now() + kDrainTime;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(deadline);
  co_await sync_loop_.Drain(deadline);
  // Last, so that /readyz tells of the end until it comes.
  health_.Cancel();
  co_await health_.JoinUntil(deadline + kLastWords);
}

}  // namespace k8sm::controller
