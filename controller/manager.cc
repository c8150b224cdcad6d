#include "controller/manager.h"

#include "controller/slices_controller.h"
#include "lib/base/backoff.h"
#include "lib/base/failure_log.h"
#include "lib/base/version.h"
#include "lib/client/api_path.h"
#include "lib/client/client_options.h"
#include "lib/client/discovery.h"

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
// How long events that nobody has heard of yet have after that.
constexpr milliseconds kEventTime{500};
// How long the health server has to end after that.
constexpr milliseconds kLastWords{200};
// How long -once waits while the API server can't be listed from.
constexpr seconds kOncePatience{30};
// Between two looks at what lasts.
constexpr seconds kTick{5};
// Events have a limit of their own, so that they take nothing from the writes of endpoints.
constexpr double kEventQps = 10;
constexpr int kEventBurst = 100;
// Between two questions for the API server's resources while it does not answer.
constexpr BackoffOptions kDiscoveryBackoff{.initial = milliseconds(200), .max = milliseconds(1'000)};

client::ClientOptions ClientOptionsFor(const Options& options) {
  client::ClientOptions client_options;
  client_options.qps = options.kube_api_qps;
  client_options.burst = options.kube_api_burst;
  client_options.max_idle_connections = 2 * options.concurrent_endpoint_syncs;
  // Deprecations as a rule, of Endpoints themselves since Kubernetes 1.33: for those who plan, nothing to act
  // on now.
  client_options.on_warning = [budget = LineBudget(10)](std::string_view text) mutable {
    const auto more = budget.Take(steady_clock::now());
    if (more) LOG(INFO) << "the API server warns: " << text << *more;
  };
  return client_options;
}

client::ClientOptions EventClientOptionsFor(const Options& options) {
  client::ClientOptions client_options = ClientOptionsFor(options);
  client_options.qps = options.kube_api_qps > 0 ? std::min(options.kube_api_qps, kEventQps) : kEventQps;
  client_options.burst = std::min(options.kube_api_burst, kEventBurst);
  client_options.max_idle_connections = 1;
  return client_options;
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
  Clients clients;
  auto client = client::ApiClient::Create(executor, config, ClientOptionsFor(options));
  if (!client) return client.error();
  clients.main = *std::move(client);
  if (!options.dry_run) {
    auto events = client::ApiClient::Create(executor, std::move(config), EventClientOptionsFor(options));
    if (!events) return events.error();
    clients.events = *std::move(events);
  }
  std::unique_ptr<Manager> manager(new Manager(executor, options, std::move(clients)));
  if (options.port != 0 && !options.once) {
    auto server = OpsServer::Listen(executor, options.address, options.port, manager->health_checks_);
    if (!server) return server.error();
    manager->ops_server_ = *std::move(server);
  }
  return manager;
}

Manager::Manager(asio::any_io_executor executor, const Options& options, Clients clients)
    : options_(options),
      client_(std::move(clients.main)),
      event_client_(std::move(clients.events)),
      recorder_(event_client_ ? std::make_unique<events::Recorder>(executor, *event_client_) : nullptr),
      cache_(executor, *client_, options_.ns),
      executor_(executor),
      tasks_(executor, DieOfBug),
      events_(executor, DieOfBug),
      health_(executor, DieOfBug),
      progress_(executor) {
  auto endpoints =
      std::make_unique<EndpointsController>(executor, options_, *client_, cache_, Events(), DieOfBug);
  endpoints_ = endpoints.get();
  controllers_.push_back(std::move(endpoints));
  health_checks_.Add(HealthEndpoint::kReadyz, {"informer-sync", [this]() -> std::optional<std::string> {
                                                 if (synced_) return std::nullopt;
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

// A dry run writes nothing at all.
events::EventSink Manager::Events() {
  if (!recorder_) return [](kube::Event) {};
  return [this](kube::Event event) { recorder_->Record(std::move(event)); };
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

std::string Manager::DescribeSkips() const {
  std::string text = endpoints_->skips().Summary();
  if (text.starts_with("no ")) return text;
  return text + "; see the warnings above" + (ops_server_ ? " and /debug/skipped" : "");
}

Awaitable<int> Manager::Run() {
  LogStart();
  if (recorder_) events_.Spawn("event recorder", recorder_->Run());
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
  FailureLog failures;
  Backoff backoff(kDiscoveryBackoff);
  for (;;) {
    const auto served = co_await client::Serves(*client_, client::kEndpointSlices);
    if (!served) {
      discovery_error_ = served.error();
      const auto more = failures.OnFailure(served.error(), steady_clock::now());
      if (more) {
        LOG(WARNING) << "cannot ask " << client_->config().Url()
                     << " whether it serves EndpointSlices: " << ToString(served.error()) << "; trying again"
                     << *more;
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
  controllers_.push_back(
      std::make_unique<SlicesController>(executor_, options_, *client_, cache_, Events(), DieOfBug));
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
    // Nobody will look later.
    controller->Tick(steady_clock::now() + LineBudget::kMinute);
  }
  const bool reached_all = idle_ == controllers_.size();
  if (failed > 0 || !reached_all) {
    LOG(ERROR) << "not everything is synced: " << failed << " services or leftovers have failed"
               << (reached_all ? "" : ", and others were not reached");
    exit_code_ = EXIT_FAILURE;
  }
  if (exit_code_ == 0) {
    LOG(INFO) << "done, " << (options_.dry_run ? "nothing was written: " : "everything is synced: ")
              << DescribeSkips();
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
  tasks_.Spawn("first sync", TellFirstSync());
  tasks_.Spawn("ticks", TickLoop());
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

Awaitable<void> Manager::TellFirstSync() {
  const auto start = steady_clock::now();
  for (const auto& controller : controllers_) co_await controller->loop().WaitUntilTried();
  const std::chrono::duration<double> took = steady_clock::now() - start;
  LOG(INFO) << "first sync of every service done in " << std::fixed << std::setprecision(1) << took.count()
            << " s: " << DescribeSkips();
}

Awaitable<void> Manager::TickLoop() {
  for (;;) {
    co_await SleepFor(kTick);
    for (const auto& controller : controllers_) controller->Tick(steady_clock::now());
  }
}

Awaitable<void> Manager::ShutDown() {
  const auto deadline = steady_clock::now() + kDrainTime;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(deadline);
  for (const auto& controller : controllers_) co_await controller->loop().Drain(deadline);
  co_await EndEvents();
  // Last, so that /readyz tells of the end until it comes.
  health_.Cancel();
  co_await health_.JoinUntil(steady_clock::now() + kLastWords);
}

// What the last syncs had to tell is still told, if that takes no time to speak of.
Awaitable<void> Manager::EndEvents() {
  if (!recorder_) co_return;
  recorder_->Finish();
  const auto deadline = steady_clock::now() + kEventTime;
  const bool ended = co_await events_.JoinUntil(deadline);
  if (ended) co_return;
  events_.Cancel();
  co_await events_.JoinUntil(deadline + milliseconds(100));
}

}  // namespace k8sm::controller
