#include "controller/port_space/port_watch.h"

#include "controller/port_space/pod_ports.h"
#include "lib/base/count.h"
#include "lib/mesos/role_knowledge.h"

#include <boost/asio/post.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often findings are looked at again though nothing has changed, since some are reported only after a
// time.
constexpr std::chrono::seconds kTick{5};
// Between evaluations.
constexpr std::chrono::seconds kShortestPause{1};
constexpr std::chrono::seconds kLongestPause{10};
// A list counts as fresh for so many periods.
constexpr int kFreshPeriods = 3;
constexpr int kStandbyPeriods = 4;
constexpr std::size_t kMaxRangesTold = 6;

bool HasAgents(const mesos::PollResult& result) {
  return result.outcome == mesos::PollOutcome::kOk || result.outcome == mesos::PollOutcome::kPartial;
}

std::string DescribeOffers(const PortReport& report) {
  ports::PortSet all;
  for (const ports::Agent& agent : report.space.agents()) {
    for (const auto& [role, offered] : agent.offered) {
      if (!all.Contains(offered)) all = all | offered;
    }
  }
  return "Mesos master " + report.master + " leads; " + Count(report.space.agents().size(), "agent") +
         (report.space.agents().size() == 1 ? " offers " : " offer ") + std::to_string(report.offered) +
         " host ports (" + ports::ToString(all, kMaxRangesTold) + "), " + std::to_string(report.free) +
         " are free";
}

}  // namespace

milliseconds PauseAfterEvaluation(milliseconds took) {
  constexpr int kShare = 20;
  return std::clamp<milliseconds>(kShare * took, kShortestPause, kLongestPause);
}

Result<std::unique_ptr<PortWatch>> PortWatch::Create(asio::any_io_executor executor, PortSpaceOptions options,
                                                     ClusterCache& cache, Hooks hooks) {
  auto poll = mesos::AgentsPoll::Create(executor, options.mesos);
  if (!poll) return poll.error();
  return std::unique_ptr<PortWatch>(
      new PortWatch(std::move(executor), std::move(options), *std::move(poll), cache, std::move(hooks)));
}

PortWatch::PortWatch(asio::any_io_executor executor, PortSpaceOptions options,
                     std::unique_ptr<mesos::AgentsPoll> poll, ClusterCache& cache, Hooks hooks)
    : options_(std::move(options)),
      poll_(std::move(poll)),
      cache_(cache),
      hooks_(std::move(hooks)),
      executor_(executor),
      changed_(executor),
      ledger_(options_.rules) {
  cache_.KeepNodeLabels();
  cache_.nodes().AddListener([this](const kube::Node* before, const kube::Node* after) {
    if (ChangesLabels(before, after)) OnChange();
  });
  cache_.pods().AddListener([this](const kube::Pod* before, const kube::Pod* after) {
    const std::uint64_t version = ledger_.version();
    ledger_.OnPod(before, after);
    if (ledger_.version() != version) OnChange();
  });
  cache_.services().AddListener([this](const kube::Service* before, const kube::Service* after) {
    const std::uint64_t version = ledger_.version();
    ledger_.OnService(before, after);
    if (ledger_.version() != version) OnChange();
  });
}

void PortWatch::OnChange() {
  if (dirty_) return;
  dirty_ = true;
  changed_.Notify();
}

void PortWatch::Start(TaskGroup& tasks) {
  tasks.Spawn("poll of Mesos agents", PollLoop());
  tasks.Spawn("evaluation of the port space", EvaluateLoop());
}

Awaitable<void> PortWatch::PollLoop() {
  for (;;) {
    const auto begin = steady_clock::now();
    mesos::PollResult result = co_await poll_->Poll();
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
    // A master that does not answer is not spared by waiting longer.
    const bool has_agents = HasAgents(result);
    TakePoll(std::move(result), took);
    const auto pause = [&](milliseconds period) {
      return has_agents ? mesos::PauseAfterPoll(period, took) : period;
    };
    // One that becomes the leader meanwhile polls as soon as a leader would.
    for (int periods = 1; periods == 1 || (periods <= kStandbyPeriods && !hooks_.leads()); ++periods) {
      const auto end = begin + took + pause(periods * options_.poll_period);
      co_await SleepFor(std::chrono::ceil<milliseconds>(end - steady_clock::now()));
    }
  }
}

bool PortWatch::IsFresh(TimePoint now) const {
  const int periods = hooks_.leads() ? 1 : kStandbyPeriods;
  return now - polled_at_ <= kFreshPeriods * mesos::IntervalOfPolls(periods * options_.poll_period, took_);
}

void PortWatch::TakePoll(mesos::PollResult result, milliseconds took) {
  if (result.error.code == Errc::kCanceled && !result.error.message.empty()) return;
  ++polls_[static_cast<std::size_t>(result.outcome)];
  if (on_polled_) on_polled_(result.outcome, took);
  WriteToLog(poll_log_.OnPoll(result, steady_clock::now()));
  if (!HasAgents(result)) return;
  took_ = took;
  complete_ = result.outcome == mesos::PollOutcome::kOk &&
              mesos::TellsOffersTo(options_.rules.framework_roles, result.agents);
  agents_ = ports::ShareAgents(std::move(result.agents.agents), agents_);
  master_ = ToString(result.leader);
  polled_at_ = steady_clock::now();
  ++poll_number_;
  dirty_ = true;
  changed_.Notify();
}

Awaitable<void> PortWatch::EvaluateLoop() {
  for (;;) {
    const auto begin = steady_clock::now();
    if (report_ && report_->space.fresh() && !IsFresh(begin)) dirty_ = true;
    if (TrustsNodes(begin) != uses_nodes_ && report_) dirty_ = true;
    if (dirty_ && poll_number_ > 0) {
      co_await Evaluate();
      const auto end = steady_clock::now();
      Report(end);
      co_await SleepFor(PauseAfterEvaluation(std::chrono::duration_cast<milliseconds>(end - begin)));
    } else {
      if (report_) Report(begin);
      co_await changed_.WaitUntil(begin + kTick);
    }
  }
}

ports::SharedSnapshot PortWatch::MakeSnapshot(std::vector<ports::SharedAgent> agents) const {
  return {.agents = std::move(agents),
          .holders = ledger_.Holders(),
          .node_ports = ledger_.NodePorts(),
          .complete = complete_,
          .fresh = IsFresh(steady_clock::now()),
          .all_namespaces = options_.all_namespaces};
}

Awaitable<void> PortWatch::Evaluate() {
  dirty_ = false;
  const std::uint64_t poll = poll_number_;
  const auto polled_at = polled_at_;
  const std::string master = master_;
  uses_nodes_ = TrustsNodes(steady_clock::now());
  auto agents = uses_nodes_ ? labels_.Apply(agents_, cache_.nodes()) : agents_;
  Evaluation evaluation(MakeSnapshot(std::move(agents)), ledger_, options_.evaluation);
  do {
    co_await asio::post(executor_, asio::use_awaitable);
  } while (evaluation.Step());
  const auto report = evaluation.TakeReport();
  report->master = master;
  report->polled_at = polled_at;
  report->poll = poll;
  findings_ = std::make_shared<const std::vector<PortFinding>>(FindingsOf(*report));
  report_ = report;
  if (told_master_ == master) co_return;
  told_master_ = master;
  LOG(INFO) << DescribeOffers(*report_);
}

PortLog::PodState PortWatch::StateOf(const kube::ObjectKey& key, const kube::Uid& uid) const {
  using PodState = PortLog::PodState;
  const kube::Pod* pod = cache_.pods().Find(key);
  if (pod == nullptr || pod->meta.uid != uid) return PodState::kGone;
  if (!IsAlive(*pod)) return PodState::kEnded;
  return pod->node_name.empty() ? PodState::kPending : PodState::kBound;
}

void PortWatch::Report(TimePoint now) {
  if (!hooks_.leads()) {
    log_.Reset();
    return;
  }
  const PortLog::Subjects subjects{
      .pod_state = [this](const kube::ObjectKey& key, const kube::Uid& uid) { return StateOf(key, uid); },
      .has_agent =
          [this](const kube::Symbol& name, const std::string& id) {
            return report_->space.fresh() && report_->space.HasAgent(name, id);
          }};
  const auto knowledge = PortLog::Knowledge::Of(*report_);
  const PortNews news = log_.Update(*findings_, knowledge, report_->poll, now, subjects);
  WriteToLog(news.lines);
  for (const kube::Event& event : news.events) hooks_.events(event);
}

}  // namespace k8sm::controller
