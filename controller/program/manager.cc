#include "controller/program/manager.h"

#include "controller/ops/ops_port.h"
#include "controller/port_space/debug_ports.h"
#include "controller/port_space/port_metrics.h"
#include "controller/port_space/port_watch.h"
#include "controller/port_space/state_pages.h"
#include "controller/program/part_options.h"
#include "controller/report/event_texts.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"

#include <glog/logging.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Time limits of a shutdown, which together have to stay below 5 s: for requests in flight, ...
constexpr milliseconds kDrainTime{2'400};
// ... then for the release of the lease, ...
constexpr seconds kReleaseTime{1};
// ... and last for the ops server.
constexpr milliseconds kLastWords{200};
// How long the first sync waits for the caches of EndpointSlices and Nodes, and how often it checks whether
// their lists have failed.
constexpr seconds kSlicesPatience{2};
constexpr milliseconds kLookAgain{50};

}  // namespace

Result<std::unique_ptr<Manager>> Manager::Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config) {
  Parts parts;
  parts.metrics = std::make_unique<ProgramMetrics>(config.Authority());
  if (Elects(options)) {
    auto elector = leader::LeaderElector::Create(executor, config, ElectionOptionsFor(options),
                                                 ElectionClientOptionsFor(*parts.metrics));
    if (!elector) return elector.error();
    parts.elector = *std::move(elector);
  }
  const auto client_options = ClientOptionsFor(options, *parts.metrics, parts.elector.get());
  if (!options.dry_run) {
    auto events = EventStream::Create(executor, config, client_options, DieOfBug);
    if (!events) return events.error();
    parts.events = *std::move(events);
  }
  if (parts.elector) {
    // Has no write fence (nullptr): the event "stopped leading" is sent when writes are no longer allowed.
    auto events =
        EventStream::Create(executor, config, ClientOptionsFor(options, *parts.metrics, nullptr), DieOfBug);
    if (!events) return events.error();
    parts.election_events = *std::move(events);
  }
  if (GuardsOps(options)) {
    auto reviews =
        client::ApiClient::Create(executor, config, ReviewClientOptionsFor(options, *parts.metrics));
    if (!reviews) return reviews.error();
    parts.review_client = *std::move(reviews);
  }
  auto client = client::ApiClient::Create(executor, std::move(config), client_options);
  if (!client) return client.error();
  parts.client = *std::move(client);
  std::unique_ptr<Manager> manager(new Manager(executor, options, std::move(parts)));
  if (options.port_space && !options.once) {
    if (const auto added = manager->AddPortSpace(executor); !added) return added.error();
  } else {
    AddNoPortPages(manager->ops_router_);
  }
  if (ServesOps(options)) {
    auto server =
        ListenForOps(executor, OpsPortOptionsFor(options), manager->ops_router_, manager->gate_.get());
    if (!server) return server.error();
    manager->ops_server_ = *std::move(server);
  }
  return manager;
}

Manager::Manager(asio::any_io_executor executor, const Options& options, Parts parts)
    : options_(options),
      metrics_(std::move(parts.metrics)),
      elector_(std::move(parts.elector)),
      client_(std::move(parts.client)),
      events_(std::move(parts.events)),
      election_events_(std::move(parts.election_events)),
      cache_(executor, *client_, options_.ns, options_.reflector_timing),
      discovery_(*client_),
      controller_(executor, ControllerOptionsFor(options_), *client_, cache_, Events(), DieOfBug),
      review_client_(std::move(parts.review_client)),
      tasks_(executor, DieOfBug),
      election_(executor, DieOfBug),
      health_(executor, DieOfBug),
      progress_(executor) {
  if (review_client_) {
    gate_ = std::make_unique<AccessGate>(
        executor, options_.always_allow_paths,
        [this](client::Request request) { return review_client_->Do(std::move(request)); }, DieOfBug);
  }
  AddHealthChecks();
  AddPages();
}

Manager::~Manager() = default;

void Manager::DieOfBug(std::string_view task, std::string_view what) {
  LOG(FATAL) << "the task \"" << task << "\" has failed: " << what;
  std::abort();
}

// A dry run records no events either.
events::EventSink Manager::Events() {
  if (!events_) return [](kube::Event) {};
  return events_->Sink();
}

Result<void> Manager::AddPortSpace(asio::any_io_executor executor) {
  auto watch = PortWatch::Create(executor, *options_.port_space, cache_,
                                 {.events = Events(), .leads = [this] { return Leads(); }});
  if (!watch) return watch.error();
  port_watch_ = *std::move(watch);
  AddPortMetrics(*port_watch_, metrics_->registry());
  AddPortPages(*port_watch_, ops_router_);
  AddPortStatePages(*port_watch_, cache_, ops_router_);
  controller_.reconciler().SetFreePort([this] { return port_watch_->FreePort(); });
  return {};
}

void Manager::Stop() {
  stopping_ = true;
  progress_.Notify();
}

Awaitable<int> Manager::Run() {
  LogStart();
  if (events_) events_->Start();
  if (election_events_) election_events_->Start();
  tasks_.Spawn("first lists", Prepare());
  if (ops_server_) health_.Spawn("ops server", ops_server_->Run());

  const bool synced = co_await WaitForSync();
  bool leads = false;
  if (synced) leads = co_await WaitToLead();
  // A standby must not acquire the lease while it shuts down.
  if (!leads && elector_) elector_->Release();
  if (leads && options_.once) co_await RunOnce();
  if (leads && !options_.once) co_await RunUntilStopped();
  co_await ShutDown();
  co_return exit_code_;
}

Awaitable<void> Manager::Prepare() {
  const client::ServerCapabilities server = co_await discovery_.Ask();
  if (const auto fits = CheckServer(options_, server); !fits) co_return GiveUp(fits.error());
  if (!options_.ns.empty()) {
    const auto exists = co_await CheckNamespace(*client_, options_.ns);
    if (!exists) co_return GiveUp(exists.error());
  }
  // If it was cancelled during the last request, no further co_await throws before the informers start.
  if (stopping_) co_return;
  controller_.SetStoredFields(server.stores_node_name, server.stores_app_protocol);
  wants_slices_ = WritesSlices(options_, server);
  const informer::ReadOptions reading = ReadOptionsFor(options_, server);
  cache_.Start(tasks_, reading);
  if (wants_slices_) {
    cache_.StartSlices(tasks_, reading);
    tasks_.Spawn("slices' first lists", AddSlices());
    tasks_.Spawn("report of missing nodes", ReportMissingNodes());
  } else if (!options_.once) {
    tasks_.Spawn("nodes' first list", WatchNodes(reading));
  }
  lock_kind_ = LockKindFor(options_, server);
  co_await cache_.WaitForSync();
  synced_ = true;
  if (port_watch_) port_watch_->Start(tasks_);
  progress_.Notify();
}

// Without EndpointSlices, Endpoints do not depend on nodes: nothing waits for them. Without the permission
// they are watched all the same for the port space, which says so.
Awaitable<void> Manager::WatchNodes(informer::ReadOptions reading) {
  if (!port_watch_) {
    const bool permitted = co_await MayListNodes(*client_);
    if (!permitted || stopping_) co_return;
  }
  cache_.StartNodes(tasks_, reading);
  co_await ReportMissingNodes();
}

Awaitable<void> Manager::ReportMissingNodes() {
  co_await cache_.WaitForNodes();
  controller_.ReportMissingNodes();
}

void Manager::GiveUp(const Error& error) {
  LOG(ERROR) << "giving up: " << error.message;
  exit_code_ = EXIT_FAILURE;
  Stop();
}

// Endpoints are synced without waiting for the caches that only EndpointSlices need.
Awaitable<void> Manager::AddSlices() {
  co_await cache_.WaitForSync();
  co_await cache_.WaitForSlices();
  controller_.AddSlices();
  progress_.Notify();
}

bool Manager::IsStuckSince(steady_clock::time_point time) const {
  return discovery_.trouble() || std::ranges::any_of(cache_.Waiting(), [time](const auto& informer) {
           return informer.error && !(informer.last_heard > time);
         });
}

std::optional<std::string> Manager::SyncFailure() const {
  std::vector<WaitingInformer> waiting = cache_.Waiting();
  if (wants_slices_) std::ranges::move(cache_.WaitingForSlices(), std::back_inserter(waiting));
  if (!waiting.empty()) return "waiting for " + ToString(waiting);
  if (!synced_) return "waiting for the API server";
  const std::vector<WaitingInformer> refused = cache_.Refused();
  if (!refused.empty()) return "outdated: " + ToString(refused);
  return std::nullopt;
}

// Nothing may be written before all caches have synced: a pod that is not listed yet would look deleted.
Awaitable<bool> Manager::WaitForSync() {
  const auto start = steady_clock::now();
  auto look_at = options_.once ? start + options_.once_patience : steady_clock::time_point::max();
  while (!synced_ && !stopping_) {
    const bool notified = co_await progress_.WaitUntil(look_at);
    if (notified) continue;
    if (IsStuckSince(look_at - options_.once_patience)) {
      // Names also what slices lack, so that all permissions are granted at once.
      std::vector<WaitingInformer> waiting = cache_.Waiting();
      if (wants_slices_) {
        std::ranges::copy_if(cache_.WaitingForSlices(), std::back_inserter(waiting),
                             [](const WaitingInformer& informer) { return informer.error.has_value(); });
      }
      LOG(ERROR) << "timed out waiting for "
                 << (discovery_.trouble() ? "the API server: " + ToString(*discovery_.trouble())
                                          : "caches: " + ToString(waiting));
      exit_code_ = EXIT_FAILURE;
      co_return false;
    }
    look_at += options_.once_patience;
  }
  if (stopping_) {
    if (options_.once) exit_code_ = EXIT_FAILURE;
    co_return false;
  }
  LogSync(steady_clock::now() - start);
  co_return true;
}

leader::ElectionHooks Manager::Hooks() {
  return {.on_started_leading = [this] { OnElection("became leader"); },
          .on_stopped_leading = [this] { OnElection("stopped leading"); },
          .on_other_annotation =
              [this](const std::string& holder, const std::string& mode) {
                LOG(WARNING) << "the leader, " << Printable(holder) << ", publishes in mode "
                             << Printable(mode, 50) << " and this process in mode " << ToString(options_.mode)
                             << ": at a hand-over everything would be rewritten; start all with the same "
                                "-host_port_endpoints";
              },
          .on_superseded = [this] { superseded_ = true; }};
}

void Manager::OnElection(const std::string& what) {
  const kube::ObjectKey lease{kube::Symbol(options_.election.lease_namespace),
                              kube::Symbol(options_.election.lease_name)};
  election_events_->Sink()(
      ElectionEvent(elector_->kind(), lease, elector_->lease_uid(), elector_->identity() + " " + what));
  progress_.Notify();
}

Awaitable<bool> Manager::WaitToLead() {
  if (!elector_) co_return true;
  election_.Spawn("leader election", RunElection());
  const auto patience =
      options_.once ? steady_clock::now() + options_.once_patience : steady_clock::time_point::max();
  bool patient = true;
  while (patient && !stopping_ && !election_ended_ && !Leads()) {
    patient = co_await progress_.WaitUntil(patience);
  }
  if (Leads() && !stopping_) co_return true;
  if (superseded_) {
    LogSuperseded();
  } else if (election_ended_ && !stopping_) {
    // The lease was acquired, and had run out before this coroutine was resumed.
    LogLoss();
  } else if (!patient) {
    LogNotLed();
  }
  if (options_.once || (election_ended_ && !stopping_)) exit_code_ = EXIT_FAILURE;
  co_return false;
}

Awaitable<void> Manager::RunElection() {
  co_await elector_->Run(lock_kind_, Hooks());
  election_ended_ = true;
  progress_.Notify();
}

steady_clock::time_point Manager::LeadsUntil() const {
  if (!elector_) return steady_clock::time_point::max();
  return elector_->SureUntil().value_or(steady_clock::time_point::min());
}

// Returns on any notification, and when the lease expires. Compares the clock itself, since the elector may
// be blocked in a request at that time.
Awaitable<void> Manager::WaitWhileLeading() {
  if (Leads()) co_await progress_.WaitUntil(LeadsUntil());
}

Awaitable<void> Manager::RunOnce() {
  tasks_.Spawn("sync of everything", SyncEverything());
  while (!controller_.reached_all() && !stopping_ && Leads()) co_await WaitWhileLeading();
  if (!Leads()) {
    LogLoss();
    exit_code_ = EXIT_FAILURE;
  }
  if (controller_.failed() > 0 || !controller_.reached_all()) {
    LOG(ERROR) << Count(controller_.failed(), "sync") << " failed"
               << (controller_.reached_all() ? "" : "; not every service was reached");
    exit_code_ = EXIT_FAILURE;
  }
  if (cache_.unreadable() > 0) {
    LOG(ERROR) << Count(cache_.unreadable(), "object")
               << " cannot be decoded (see above); whatever depends on such an object is left as it is";
    exit_code_ = EXIT_FAILURE;
  }
  if (exit_code_ == 0) {
    LOG(INFO) << "done, " << (options_.dry_run ? "nothing was written: " : "everything is synced: ")
              << DescribeSyncs();
    if (options_.fail_on_skips && IsAnyMistaken()) exit_code_ = kSkipsExitCode;
  }
  if (options_.dry_run) std::cout << controller_.DryRunReport() << std::flush;
}

bool Manager::IsAnyMistaken() const {
  const Reconciler& reconciler = controller_.reconciler();
  return reconciler.skips().any() ||
         reconciler.empty_services().current(endpoints::EmptyReason::kMistypedSelector) > 0;
}

// -once includes EndpointSlices unless their caches cannot be listed. A missing permission is not waited for:
// it is unlikely to be granted within this run.
Awaitable<void> Manager::WaitForSlicesOnce() {
  const auto patience = steady_clock::now() + options_.once_patience;
  const auto may_come = [this] {
    return std::ranges::none_of(cache_.WaitingForSlices(), [](const auto& each) {
      return each.error && each.error->code == Errc::kForbidden;
    });
  };
  while (wants_slices_ && !controller_.reconciler().with_slices() && may_come() &&
         steady_clock::now() < patience)
    co_await progress_.WaitUntil(steady_clock::now() + kLookAgain);
  if (!wants_slices_ || controller_.reconciler().with_slices()) co_return;
  LOG(ERROR) << "EndpointSlices are left out: " << SyncFailure().value_or("");
  exit_code_ = EXIT_FAILURE;
}

Awaitable<void> Manager::SyncEverything() {
  co_await WaitForSlicesOnce();
  co_await controller_.SyncOnce(tasks_);
  progress_.Notify();
}

// The caches of slices usually sync shortly after those of Endpoints; waiting for them avoids planning every
// service twice. Lists that have failed are not waited for.
Awaitable<void> Manager::WaitForSlicesBriefly() {
  const auto patience = steady_clock::now() + kSlicesPatience;
  const auto may_come = [this] {
    return std::ranges::none_of(cache_.WaitingForSlices(),
                                [](const auto& each) { return each.error.has_value(); });
  };
  while (wants_slices_ && !controller_.reconciler().with_slices() && !stopping_ && may_come() &&
         steady_clock::now() < patience) {
    co_await progress_.WaitUntil(steady_clock::now() + kLookAgain);
  }
}

Awaitable<void> Manager::RunUntilStopped() {
  co_await WaitForSlicesBriefly();
  if (stopping_) co_return;
  controller_.Start(tasks_);
  tasks_.Spawn("first sync", TellFirstSync());
  while (!stopping_ && Leads()) co_await WaitWhileLeading();
  if (stopping_) co_return;
  LogLoss();
  exit_code_ = EXIT_FAILURE;
}

Awaitable<void> Manager::TellFirstSync() {
  const auto start = steady_clock::now();
  co_await controller_.WaitUntilTried();
  LogFirstSync(steady_clock::now() - start);
}

Awaitable<void> Manager::ShutDown() {
  stopping_ = true;
  const auto now = steady_clock::now();
  // Without the lease all writes have been cut off already, so there is nothing to drain.
  const auto deadline = Leads() ? now + kDrainTime : now;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(now + kDrainTime);
  const bool drained = co_await controller_.Drain(deadline);
  if (events_) co_await events_->End();
  // An abandoned write may still be carried out, so the lease must then expire instead of being released.
  if (drained && elector_) co_await GiveUpLease();
  election_.Cancel();
  if (election_events_) co_await election_events_->End();
  // Last, so that /readyz reports the shutdown until the end.
  health_.Cancel();
  const auto last = steady_clock::now() + kLastWords;
  co_await election_.JoinUntil(last);
  co_await health_.JoinUntil(last);
  if (gate_) co_await gate_->Stop();
}

// Failing to release is harmless: the lease expires.
Awaitable<void> Manager::GiveUpLease() {
  elector_->Release();
  co_await election_.JoinUntil(steady_clock::now() + kReleaseTime);
}

}  // namespace k8sm::controller
