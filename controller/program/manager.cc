#include "controller/program/manager.h"

#include "controller/report/event_texts.h"
#include "lib/base/failure_log.h"
#include "lib/base/one_line.h"
#include "lib/base/version.h"
#include "lib/client/client_options.h"
#include "lib/leader/identity.h"

#include <glog/logging.h>

#include <cstdlib>
#include <iomanip>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// How long requests in flight have to end at a stop, ...
constexpr milliseconds kDrainTime{2'400};
// ... the release of the lease after that, ...
constexpr seconds kReleaseTime{1};
// ... and the health server after all.
constexpr milliseconds kLastWords{200};
// How long -once waits while the API server can't be listed from, or another process leads. A lease that
// nobody renews has run out by then.
constexpr seconds kOncePatience{30};
// Of a leader's name in the log.
constexpr std::size_t kNameBytes = 300;

// Whoever writes nothing needs nobody's leave.
bool Elects(const Options& options) {
  return options.leader_elect && !options.dry_run;
}

client::ClientOptions ClientOptionsFor(const Options& options, ProgramMetrics& metrics,
                                       const leader::LeaderElector* elector) {
  client::ClientOptions client_options;
  client_options.qps = options.kube_api_qps;
  client_options.burst = options.kube_api_burst;
  client_options.max_idle_connections = 2 * options.concurrent_endpoint_syncs;
  client_options.disable_compression = options.disable_compression;
  client_options.attempt_timeout = options.attempt_timeout;
  client_options.retry_pause = options.retry_pause;
  // Deprecations as a rule, of Endpoints themselves since Kubernetes 1.33: for those who plan, nothing to act
  // on now.
  client_options.on_warning = [budget = LineBudget(10)](std::string_view text) mutable {
    const auto more = budget.Take(steady_clock::now());
    if (more) LOG(INFO) << "the API server warns: " << text << *more;
  };
  client_options.observer = &metrics.requests();
  client_options.on_exec_plugin_call = [&metrics](int code, std::string_view call_status) {
    metrics.requests().OnExecPluginCall(code, call_status);
  };
  if (elector != nullptr) client_options.write_until = [elector] { return elector->SureUntil(); };
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

}  // namespace

Result<std::unique_ptr<Manager>> Manager::Create(asio::any_io_executor executor, const Options& options,
                                                 client::RestConfig config) {
  Parts parts;
  parts.metrics = std::make_unique<ProgramMetrics>(config.Authority());
  if (Elects(options)) {
    leader::ElectionOptions election = options.election;
    if (election.identity.empty()) election.identity = leader::NewIdentity();
    auto elector = leader::LeaderElector::Create(executor, config, std::move(election));
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
    // That it does not lead any more is said by one that may not write any more.
    auto events =
        EventStream::Create(executor, config, ClientOptionsFor(options, *parts.metrics, nullptr), DieOfBug);
    if (!events) return events.error();
    parts.election_events = *std::move(events);
  }
  auto client = client::ApiClient::Create(executor, std::move(config), client_options);
  if (!client) return client.error();
  parts.client = *std::move(client);
  std::unique_ptr<Manager> manager(new Manager(executor, options, std::move(parts)));
  if (options.port != 0 && !options.once) {
    auto server = OpsServer::Listen(executor, OpsServerOptionsFor(options), manager->ops_router_);
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
      slices_decision_(*client_, options_.endpoint_slices),
      lock_decision_(*client_, options_.resource_lock),
      controllers_(executor, options_, *client_, cache_, Events(), DieOfBug),
      tasks_(executor, DieOfBug),
      election_(executor, DieOfBug),
      health_(executor, DieOfBug),
      progress_(executor) {
  AddHealthChecks();
  AddPages();
}

void Manager::DieOfBug(std::string_view task, std::string_view what) {
  LOG(FATAL) << "the task \"" << task << "\" has failed: " << what;
  std::abort();
}

// A dry run writes nothing at all.
events::EventSink Manager::Events() {
  if (!events_) return [](kube::Event) {};
  return events_->Sink();
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
  LOG(INFO) << "synced " << WithSeparators(cache_.services().size()) << " services, "
            << WithSeparators(cache_.pods().size()) << " pods in " << std::fixed << std::setprecision(1)
            << took.count() << " s";
}

std::string Manager::DescribeSkips() const {
  std::string text = controllers_.skips().Summary();
  if (text.starts_with("no ")) return text;
  return text + "; see the warnings above" + (ops_server_ ? " and /debug/skipped" : "");
}

void Manager::LogLoss() const {
  LOG(ERROR) << "leaderelection lost: " << elector_->lease() << ": " << elector_->WhyLost()
             << "; nothing is written any more, and the process ends";
}

void Manager::LogNotLed() const {
  const auto& trouble = elector_->trouble();
  LOG(ERROR) << "giving up: -once writes as leader alone, and "
             << (trouble ? "lease " + elector_->lease() + " can't be had: " + ToString(*trouble)
                         : OneLine(elector_->leader(), kNameBytes) + " holds lease " + elector_->lease())
             << "; stop what leads, or say -leader_elect=false where nothing does";
}

void Manager::LogSuperseded() const {
  LOG(ERROR)
      << "the leader election has moved from Endpoints " << elector_->lease()
      << " to the lease of that name: the process ends; with -leader_elect_resource_lock=auto the next "
         "start uses the lease";
}

Awaitable<int> Manager::Run() {
  LogStart();
  if (events_) events_->Start();
  if (election_events_) election_events_->Start();
  cache_.Start(tasks_);
  tasks_.Spawn("first lists", Prepare());
  if (ops_server_) health_.Spawn("ops server", ops_server_->Run());

  const bool synced = co_await WaitForSync();
  bool leads = false;
  if (synced) leads = co_await WaitToLead();
  if (leads && options_.once) co_await RunOnce();
  if (leads && !options_.once) co_await RunUntilStopped();
  co_await ShutDown();
  co_return exit_code_;
}

Awaitable<void> Manager::Prepare() {
  const auto slices = co_await slices_decision_.Decide();
  if (!slices) {
    LOG(ERROR) << "giving up: " << slices.error().message;
    exit_code_ = EXIT_FAILURE;
    Stop();
    co_return;
  }
  if (*slices) {
    cache_.StartSlices(tasks_);
    controllers_.AddSlices();
    metrics_->Observe(*controllers_.slices());
  }
  if (elector_) lock_kind_ = co_await lock_decision_.Decide();
  co_await cache_.WaitForSync();
  synced_ = true;
  progress_.Notify();
}

std::optional<Error> Manager::TroubleAtStart() const {
  for (const auto* trouble : {&slices_decision_.trouble(), &lock_decision_.trouble()}) {
    if (*trouble) return *trouble;
  }
  return cache_.ListError();
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

leader::ElectionHooks Manager::Hooks() {
  return {.on_started_leading = [this] { OnElection("became leader"); },
          .on_stopped_leading = [this] { OnElection("stopped leading"); },
          .on_rival_lives = [this] { progress_.Notify(); },
          .on_superseded =
              [this] {
                superseded_ = true;
                progress_.Notify();
              }};
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
  election_.Spawn("leader election", elector_->Run(lock_kind_, Hooks()));
  const auto patience = options_.once ? steady_clock::now() + kOncePatience : steady_clock::time_point::max();
  bool patient = true;
  while (patient && !stopping_ && !superseded_ && !Leads()) {
    patient = co_await progress_.WaitUntil(patience);
    if (options_.once && elector_->rival_lives()) patient = false;
  }
  if (Leads() && !stopping_) co_return true;
  if (superseded_) {
    LogSuperseded();
  } else if (!patient) {
    LogNotLed();
  }
  if (options_.once || superseded_) exit_code_ = EXIT_FAILURE;
  co_return false;
}

steady_clock::time_point Manager::LeadsUntil() const {
  if (!elector_) return steady_clock::time_point::max();
  return elector_->SureUntil().value_or(steady_clock::time_point::min());
}

// Returns at progress of any kind, and when this process leads no more. Asks the clock, whatever the elector
// waits for meanwhile.
Awaitable<void> Manager::WaitWhileLeading() {
  if (Leads()) co_await progress_.WaitUntil(LeadsUntil());
}

Awaitable<void> Manager::RunOnce() {
  tasks_.Spawn("sync of everything", SyncEverything());
  while (!controllers_.reached_all() && !stopping_ && Leads()) co_await WaitWhileLeading();
  if (!Leads()) {
    LogLoss();
    exit_code_ = EXIT_FAILURE;
  }
  if (controllers_.failed() > 0 || !controllers_.reached_all()) {
    LOG(ERROR) << "not everything is synced: " << controllers_.failed()
               << " services or leftovers have failed"
               << (controllers_.reached_all() ? "" : ", and others were not reached");
    exit_code_ = EXIT_FAILURE;
  }
  if (exit_code_ == 0) {
    LOG(INFO) << "done, " << (options_.dry_run ? "nothing was written: " : "everything is synced: ")
              << DescribeSkips();
  }
  if (options_.dry_run) controllers_.PrintSummaries();
}

Awaitable<void> Manager::SyncEverything() {
  co_await controllers_.SyncOnce(tasks_);
  progress_.Notify();
}

Awaitable<void> Manager::RunUntilStopped() {
  controllers_.Start(tasks_);
  tasks_.Spawn("first sync", TellFirstSync());
  while (!stopping_ && Leads()) co_await WaitWhileLeading();
  if (stopping_) co_return;
  LogLoss();
  exit_code_ = EXIT_FAILURE;
}

Awaitable<void> Manager::TellFirstSync() {
  const auto start = steady_clock::now();
  co_await controllers_.WaitUntilTried();
  const std::chrono::duration<double> took = steady_clock::now() - start;
  LOG(INFO) << "first sync of every service done in " << std::fixed << std::setprecision(1) << took.count()
            << " s: " << DescribeSkips();
}

Awaitable<void> Manager::ShutDown() {
  stopping_ = true;
  const auto now = steady_clock::now();
  // Of one that leads no more, every write has been cut off, and nobody waits for the others.
  const auto deadline = Leads() ? now + kDrainTime : now;
  tasks_.Cancel();
  co_await tasks_.JoinUntil(now + kDrainTime);
  const bool drained = co_await controllers_.Drain(deadline);
  if (events_) co_await events_->End();
  // What was abandoned may still be carried out: then the lease has to run out by itself.
  if (drained && elector_) co_await GiveUpLease();
  election_.Cancel();
  if (election_events_) co_await election_events_->End();
  // Last, so that /readyz tells of the end until it comes.
  health_.Cancel();
  const auto last = steady_clock::now() + kLastWords;
  co_await election_.JoinUntil(last);
  co_await health_.JoinUntil(last);
}

// A failure is none of ours: the lease runs out.
Awaitable<void> Manager::GiveUpLease() {
  elector_->Release();
  co_await election_.JoinUntil(steady_clock::now() + kReleaseTime);
}

}  // namespace k8sm::controller
