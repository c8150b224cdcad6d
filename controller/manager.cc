#include "controller/manager.h"

#include "controller/debug_pages.h"
#include "controller/endpoints_controller.h"
#include "controller/health_pages.h"
#include "controller/slices_controller.h"
#include "lib/base/backoff.h"
#include "lib/base/version.h"
#include "lib/client/api_path.h"
#include "lib/client/client_options.h"
#include "lib/client/discovery.h"
#include "lib/informer/failure_log.h"

#include <glog/logging.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// How long requests in flight have to end at a stop.
constexpr seconds kDrainTime{4};
// How long the health server has to end after that.
constexpr milliseconds kLastWords{200};
// How long -once waits while the API server can't be listed from.
constexpr seconds kOncePatience{30};
// How long a sync loop may leave undone what it could do at once.
constexpr std::chrono::minutes kOverdue{1};
// Between two questions for the API server's resources while it does not answer.
constexpr BackoffOptions kDiscoveryBackoff{.initial = milliseconds(200), .max = milliseconds(1'000)};

client::ClientOptions ClientOptionsFor(const Options& options) {
  client::ClientOptions client_options;
  client_options.qps = options.kube_api_qps;
  client_options.burst = options.kube_api_burst;
  client_options.max_idle_connections = 2 * options.concurrent_endpoint_syncs;
  // Deprecations as a rule, of Endpoints themselves since Kubernetes 1.33: for those who plan, nothing to act
  // on now.
  client_options.on_warning = [](std::string_view text) { LOG(INFO) << "the API server warns: " << text; };
  return client_options;
}

OpsServerOptions OpsServerOptionsFor(const Options& options) {
  OpsServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.tls_cert_file = options.tls_cert_file;
  server.tls_private_key_file = options.tls_private_key_file;
  return server;
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
  auto metrics = std::make_unique<ProgramMetrics>(config.Authority());
  auto client = client::ApiClient::Create(executor, std::move(config), ClientOptionsFor(options));
  if (!client) return client.error();
  std::unique_ptr<Manager> manager(new Manager(executor, options, std::move(metrics), *std::move(client)));
  if (options.port != 0 && !options.once) {
    auto server = OpsServer::Listen(executor, OpsServerOptionsFor(options), manager->ops_router_);
    if (!server) return server.error();
    manager->ops_server_ = *std::move(server);
  }
  return manager;
}

Manager::Manager(asio::any_io_executor executor, const Options& options,
                 std::unique_ptr<ProgramMetrics> metrics, std::unique_ptr<client::ApiClient> client)
    : options_(options),
      metrics_(std::move(metrics)),
      client_(std::move(client)),
      cache_(executor, *client_, options_.ns),
      log_check_(StderrTakesLines),
      executor_(executor),
      tasks_(executor, DieOfBug),
      health_(executor, DieOfBug),
      progress_(executor) {
  auto endpoints = std::make_unique<EndpointsController>(executor, options_, *client_, cache_, DieOfBug);
  endpoints_ = endpoints.get();
  metrics_->Observe(*endpoints);
  controllers_.push_back(std::move(endpoints));
  AddHealthChecks();
  AddPages();
}

// None of those that ask whether the process lives depends on the API server: restarting would not help.
void Manager::AddHealthChecks() {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    health_checks_.Add(endpoint, {"log", [this] { return log_check_.Failure(steady_clock::now()); }});
    health_checks_.Add(endpoint, WorkerCheck("endpoints-controller", 0));
    if (options_.endpoint_slices != EndpointSlices::kOff) {
      health_checks_.Add(endpoint, WorkerCheck("endpointslice-controller", 1));
    }
  }
  health_checks_.Add(HealthEndpoint::kReadyz, {"informer-sync", [this]() -> std::optional<std::string> {
                                                 if (synced_) return std::nullopt;
                                                 return "not everything has been listed yet";
                                               }});
  health_checks_.Add(HealthEndpoint::kReadyz, {"shutdown", [this]() -> std::optional<std::string> {
                                                 if (!stopping_) return std::nullopt;
                                                 return "the process is shutting down";
                                               }});
}

HealthCheck Manager::WorkerCheck(std::string name, std::size_t number) {
  return {std::move(name), [this, number]() -> std::optional<std::string> {
            if (number >= controllers_.size()) return std::nullopt;
            const auto overdue = controllers_[number]->loop().Overdue(steady_clock::now());
            if (!overdue || *overdue < kOverdue) return std::nullopt;
            return "services wait to be synced while nothing is done";
          }};
}

std::optional<kube::Timestamp> Manager::SkippedSince(const kube::ObjectKey& service,
                                                     const endpoints::Skip& skip) const {
  const auto since = endpoints_->skips().Since(service, skip);
  if (!since) return std::nullopt;
  const auto ago = std::chrono::duration_cast<seconds>(steady_clock::now() - *since);
  return std::chrono::floor<seconds>(std::chrono::system_clock::now()) - ago;
}

void Manager::AddPages() {
  metrics_->Observe(cache_);
  metrics_->Observe(health_checks_);
  AddHealthPages(health_checks_, ops_router_);
  AddMetricsPages(*metrics_, ops_router_);
  AddDebugPages({.cache = cache_,
                 .mode = options_.mode,
                 .since = [this](const kube::ObjectKey& service,
                                 const endpoints::Skip& skip) { return SkippedSince(service, skip); },
                 .synced = [this] { return synced_; }},
                ops_router_);
}

void Manager::DieOfBug(std::string_view task, std::string_view what) {
  LOG(FATAL) << "the task \"" << task << "\" has failed: " << what;
  std::abort();
}

void Manager::Stop() {
  stopping_ = true;
  progress_.Notify();
}

bool Manager::Idle() const {
  return following_ &&
         std::ranges::all_of(controllers_, [](const auto& each) { return each->loop().Idle(); });
}

void Manager::LogStart() const {
  LOG(INFO) << Describe(options_.mode) << (options_.dry_run ? " (dry run: nothing is written)" : "")
            << ", version " << kVersion << ", for " << client_->config().Url();
}

void Manager::LogSync(std::chrono::duration<double> took) const {
  LOG(INFO) << "synced " << WithSeparators(cache_.services().size()) << " services, "
            << WithSeparators(cache_.pods().size()) << " pods in " << std::fixed << std::setprecision(1)
            << took.count() << " s";
}

Awaitable<int> Manager::Run() {
  LogStart();
  cache_.Start(tasks_);
  tasks_.Spawn("first lists", Prepare());
  if (ops_server_) health_.Spawn("ops server", ops_server_->Run());

  const bool synced = co_await WaitForSync();
  if (synced && options_.once) co_await RunOnce();
  if (synced && !options_.once) co_await RunUntilStopped();
  co_await ShutDown();
  co_return exit_code_;
}

Awaitable<void> Manager::Prepare() {
  const bool decided = co_await DecideSlices();
  if (!decided) {
    exit_code_ = EXIT_FAILURE;
    Stop();
    co_return;
  }
  co_await cache_.WaitForSync();
  synced_ = true;
  progress_.Notify();
}

// False where slices are wanted and can't be had.
Awaitable<bool> Manager::DecideSlices() {
  if (options_.endpoint_slices == EndpointSlices::kOff) co_return true;
  informer::FailureLog failures;
  Backoff backoff(kDiscoveryBackoff);
  for (;;) {
    const auto served = co_await client::Serves(*client_, client::kEndpointSlices);
    if (!served) {
      discovery_error_ = served.error();
      const bool is_news = failures.OnFailure(served.error(), steady_clock::now());
      if (is_news) {
        LOG(WARNING) << "cannot ask " << client_->config().Url()
                     << " whether it serves EndpointSlices: " << ToString(served.error()) << "; trying again";
      }
      co_await SleepFor(backoff.Next());
      continue;
    }
    discovery_error_.reset();
    if (*served) break;
    if (options_.endpoint_slices == EndpointSlices::kAuto) {
      LOG(INFO) << "the API server does not serve discovery.k8s.io/v1: Endpoints are written, EndpointSlices "
                   "are not";
      co_return true;
    }
    LOG(ERROR) << "giving up: -endpoint_slices is on, and the API server does not serve discovery.k8s.io/v1";
    co_return false;
  }
  cache_.StartSlices(tasks_);
  auto slices = std::make_unique<SlicesController>(executor_, options_, *client_, cache_, DieOfBug);
  metrics_->Observe(*slices);
  controllers_.push_back(std::move(slices));
  co_return true;
}

std::optional<Error> Manager::TroubleAtStart() const {
  return discovery_error_ ? discovery_error_ : cache_.ListError();
}

// Nothing is written before every cache holds what the API server has: a missing pod would look like one that
// is gone.
Awaitable<bool> Manager::WaitForSync() {
  const auto start = steady_clock::now();
  auto look_at = options_.once ? start + kOncePatience : steady_clock::time_point::max();
  while (!synced_ && !stopping_) {
    const bool notified = co_await progress_.WaitUntil(look_at);
    if (notified) continue;
    const auto error = TroubleAtStart();
    if (error && !cache_.HeardSince(look_at - kOncePatience)) {
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

// One controller after the other, so that a dry run's report has the same order each time.
Awaitable<void> Manager::RunOnce() {
  std::size_t failed = 0;
  for (const auto& controller : controllers_) {
    const std::size_t idle = idle_;
    controller->QueueEverything();
    tasks_.Spawn("sync loop", controller->loop().Run());
    tasks_.Spawn("wait for the last sync", SyncOnce(*controller));
    while (idle_ == idle && !stopping_) co_await progress_.Wait();
    failed += controller->loop().failed();
  }
  const bool reached_all = idle_ == controllers_.size();
  if (failed > 0 || !reached_all) {
    LOG(ERROR) << "not everything is synced: " << failed << " services or leftovers have failed"
               << (reached_all ? "" : ", and others were not reached");
    exit_code_ = EXIT_FAILURE;
  }
  if (!options_.dry_run) co_return;
  for (const auto& controller : controllers_) std::cout << controller->DryRunSummary() << std::endl;
}

Awaitable<void> Manager::SyncOnce(Controller& controller) {
  co_await controller.loop().WaitUntilIdle();
  ++idle_;
  progress_.Notify();
}

Awaitable<void> Manager::RunUntilStopped() {
  for (const auto& controller : controllers_) {
    controller->QueueEverything();
    controller->FollowChanges();
    tasks_.Spawn("sync loop", controller->loop().Run());
  }
  following_ = true;
  if (options_.min_resync_period.count() > 0) tasks_.Spawn("resync", ResyncLoop());
  while (!stopping_) co_await progress_.Wait();
}

Awaitable<void> Manager::ResyncLoop() {
  for (;;) {
    co_await SleepFor(ResyncDelay(options_.min_resync_period));
    VLOG(2) << "syncing every service again";
    for (const auto& controller : controllers_) controller->QueueEverything();
  }
}

Awaitable<void> Manager::ShutDown() {
  const auto deadline = steady_clock::now() + kDrainTime;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(deadline);
  for (const auto& controller : controllers_) co_await controller->loop().Drain(deadline);
  // Last, so that /readyz tells of the end until it comes.
  health_.Cancel();
  co_await health_.JoinUntil(deadline + kLastWords);
}

}  // namespace k8sm::controller
