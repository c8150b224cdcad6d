#include "controller/reconcile/reconciler.h"

#include "controller/reconcile/stranded_pods.h"
#include "controller/reconcile/write_errors.h"
#include "controller/report/event_texts.h"
#include "controller/report/log_line.h"
#include "lib/async/cancelled.h"
#include "lib/async/notifier.h"
#include "lib/endpoints/pod_counts.h"
#include "lib/informer/near_miss.h"

#include <boost/asio/post.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using endpoints::Published;
using endpoints::Verdicts;
using kube::ObjectKey;
using kube::Service;
using kube::Symbol;
using kube::Uid;
using std::chrono::steady_clock;

// When the cache of services is looked at again after it was found to be behind.
constexpr std::chrono::seconds kCatchUpTime{1};

// Whether the stored Endpoints, which may be null, have a ready address.
bool HasEndpoints(const kube::Endpoints* stored) {
  return stored != nullptr && std::ranges::any_of(stored->subsets, [](const kube::EndpointSubset& subset) {
           return !subset.addresses.empty();
         });
}

// Implements PublishedState::is_published from the verdicts, which must outlive it.
class PublishedLookup {
 public:
  explicit PublishedLookup(const Verdicts& verdicts) : verdicts_(verdicts) {}

  bool operator()(const Uid& pod_uid, std::string_view service_port) {
    if (pods_.empty()) Index();
    const auto pod = pods_.find(pod_uid);
    if (pod == pods_.end()) return false;
    for (std::size_t port = 0; port < verdicts_.ports.size(); ++port) {
      const kube::ServicePort* each = verdicts_.ports[port];
      const bool same = each == nullptr ? service_port.empty() : endpoints::PortLabel(*each) == service_port;
      if (same && verdicts_.At(0, pod->second, port).in_endpoints) return true;
    }
    return false;
  }

 private:
  void Index() {
    for (std::size_t i = 0; i < verdicts_.pods.size(); ++i) pods_.emplace(verdicts_.pods[i].pod->meta.uid, i);
  }

  const Verdicts& verdicts_;
  std::unordered_map<Uid, std::size_t, kube::UidHash> pods_;
};

// Combines the requeue requests of both steps: the earlier one.
SyncResult Both(const SyncResult& a, const SyncResult& b) {
  if (a.requeue_after.count() == 0) return b;
  if (b.requeue_after.count() == 0) return a;
  return {.requeue_after = std::min(a.requeue_after, b.requeue_after)};
}

// The error of the first step takes precedence; of both, the longer time that the server asks for.
Result<SyncResult> Both(const Result<SyncResult>& a, const Result<SyncResult>& b) {
  if (a && b) return Both(*a, *b);
  Error error = a ? b.error() : a.error();
  if (!a && !b) error.retry_after = std::max(a.error().retry_after, b.error().retry_after);
  return error;
}

Error Canceled() {
  return {.code = Errc::kCanceled, .message = "canceled while EndpointSlices were written"};
}

}  // namespace

struct Reconciler::Outcome {
  explicit Outcome(asio::any_io_executor executor) : arrived(std::move(executor)) {}

  std::optional<Result<SyncResult>> result;
  Notifier arrived;
};

Reconciler::Reconciler(const ReconcilerOptions& options, const ReconcilerCaches& caches, Writers writers,
                       const events::EventSink& events, Spawn spawn)
    : options_(options),
      caches_(caches),
      events_(events),
      spawn_(std::move(spawn)),
      endpoints_(caches.endpoints, writers.endpoints, events, options.endpoints),
      slices_(caches.slices, writers.slices, events, options.max_endpoints_per_slice),
      empty_services_([this](const ObjectKey& service) { return WhyNoPods(service); }),
      missing_nodes_(options.missing_node_settle_time) {}

Awaitable<Result<SyncResult>> Reconciler::Sync(ObjectKey key) {
  Settled settled = co_await Settle(key);
  const Service* service = caches_.services.Find(key);
  // A service that cannot be decoded keeps what is published for it.
  if (service == nullptr && caches_.services.IsUnreadable(key)) co_return SyncResult{};
  if (service == nullptr) co_return co_await Clean(key, std::move(settled));
  endpoints_.NoteExists(*service);
  if (!service->SelectsPods()) {
    Forget(key);
    co_return co_await CleanSlices(key, settled);
  }
  const kube::ObjectMeta meta = service->meta;
  Plans plans = Plan(*service);
  co_return co_await Write(meta, std::move(plans), std::move(settled));
}

Awaitable<Reconciler::Settled> Reconciler::Settle(ObjectKey key) {
  Settled settled;
  settled.endpoints = co_await endpoints_.Settle(key);
  if (with_slices_) settled.slices = co_await slices_.Settle(key);
  co_return settled;
}

// Synchronous. The result holds no pointers into the caches, so it stays valid across a co_await.
Reconciler::Plans Reconciler::Plan(const Service& service) {
  const ObjectKey key = service.meta.Key();
  const std::vector<const kube::Pod*> pods = caches_.pods.Select(key.ns, service.selector);
  const endpoints::NodeLookup node_of = [this](const Symbol& name) {
    return caches_.nodes.Find({Symbol(), name});
  };
  const Verdicts verdicts = endpoints::Judge(service, pods, options_.mode, with_slices_ ? &node_of : nullptr);
  const EndpointsPlan plan = endpoints_.Plan(verdicts);
  Report(verdicts, plan);

  trigger_times_.Observe(service, pods);
  Plans plans;
  plans.endpoints =
      endpoints_.PlannedWrite(service, plan, trigger_times_.Pending(key, Published::kEndpoints));
  if (PlansSlices(key)) {
    slices_.NoteForeign(key);
    plans.slices = slices_.Plan(key, &verdicts, trigger_times_.Pending(key, Published::kSlices));
  }
  VLOG(4) << "synced " << ToString(key) << ": " << pods.size() << " pods, endpoints "
          << (plans.endpoints ? "to be written" : "unchanged")
          << ", slices to be written: " << ChangesOf(plans.slices);
  return plans;
}

bool Reconciler::PlansSlices(const ObjectKey& key) const {
  if (!with_slices_) return false;
  if (!caches_.has_unreadable_slices(key)) return true;
  VLOG(2) << "slices of " << ToString(key) << " cannot be decoded: none of them is written until they can";
  return false;
}

void Reconciler::Report(const Verdicts& verdicts, const EndpointsPlan& plan) {
  PublishedState state{.skips = endpoints::SkipsOf(verdicts),
                       .is_published = PublishedLookup(verdicts),
                       .container_ports_too_large = plan.container_ports_too_large};
  AddHints(state.skips);
  const ObjectKey key = verdicts.service->meta.Key();
  const auto now = steady_clock::now();
  const SkipNews news = skips_.Update(key, std::move(state), now);
  const auto empty =
      empty_services_.Update(key, CountPods(verdicts), HasEndpoints(caches_.endpoints.Find(key)), now);
  if (looks_for_missing_nodes_ && !with_slices_)
    missing_nodes_.Update(key, StrandedPodsOf(verdicts, plan, caches_.nodes), now);
  Tell(news);
  WriteToLog(empty);
}

// Adds what the verdicts do not know: which host port is free, and that nodes are outdated.
void Reconciler::AddHints(std::vector<endpoints::Skip>& skips) const {
  const auto is_any = [&skips](endpoints::SkipReason reason) {
    return std::ranges::any_of(skips, [reason](const auto& skip) { return skip.reason == reason; });
  };
  const auto add = [&skips](endpoints::SkipReason reason, const std::string& hint) {
    for (endpoints::Skip& skip : skips) {
      if (skip.reason == reason && !hint.empty()) skip.sentence += "; " + hint;
    }
  };
  using endpoints::SkipReason;
  if (free_port_ && is_any(SkipReason::kNoHostPort)) add(SkipReason::kNoHostPort, free_port_());
  if (!nodes_trouble_ || !is_any(SkipReason::kNodeNotFound)) return;
  const auto trouble = nodes_trouble_();
  if (trouble) add(SkipReason::kNodeNotFound, "it may exist, as nodes are outdated: " + *trouble);
}

NoPods Reconciler::WhyNoPods(const ObjectKey& key) const {
  const Service* service = caches_.services.Find(key);
  if (service == nullptr) return {};
  const auto miss =
      informer::FindNearMiss(caches_.pods, caches_.services_by_selector, key.ns, service->selector);
  return {.sentence = informer::DescribeNoPods(service->selector, miss),
          .typo = miss && miss->mistyped(),
          .doubtful = miss && (miss->claimed || miss->lacks_label || miss->resembles)};
}

void Reconciler::Tell(const SkipNews& news) {
  WriteToLog(news.lines);
  std::set<std::pair<ObjectKey, std::string>>
      told;  // the services and ports that have got an event of their own
  for (const auto& [service, skip] : news.warned) {
    WriteToLog(empty_services_.OnSkips(service, steady_clock::now()));
    if (auto event = SkipEvent(skip, service)) events_(*std::move(event));
    const Service* found = caches_.services.Find(service);
    if (found == nullptr) continue;
    auto event = TargetPortEvent(skip, found->meta);
    if (event && told.emplace(service, skip.service_port).second) events_(*std::move(event));
  }
}

Awaitable<Result<SyncResult>> Reconciler::Write(kube::ObjectMeta service, Plans plans, Settled settled) {
  if (!settled.endpoints && IsOfAllWrites(settled.endpoints.error())) co_return settled.endpoints.error();
  const bool both = plans.endpoints && ChangesOf(plans.slices) > 0;
  if (both) co_return co_await WriteBoth(std::move(service), std::move(plans), std::move(settled));
  const ObjectKey key = service.Key();
  const Result<SyncResult> endpoints =
      co_await WriteEndpoints(key, std::move(plans.endpoints), std::move(settled.endpoints));
  if (!endpoints && IsOfAllWrites(endpoints.error())) co_return endpoints;
  if (!PlansSlices(key)) {
    trigger_times_.Settle(key, Published::kSlices);
    co_return endpoints;
  }
  const Result<SyncResult> slices =
      co_await WriteSlices(std::move(service), std::move(plans.slices), std::move(settled.slices));
  co_return Both(endpoints, slices);
}

// The coroutine that writes the slices refers to nothing in this frame, which may be destroyed first if both
// are cancelled.
Awaitable<Result<SyncResult>> Reconciler::WriteBoth(kube::ObjectMeta service, Plans plans, Settled settled) {
  const ObjectKey key = service.Key();
  const auto slices = std::make_shared<Outcome>(co_await asio::this_coro::executor);
  spawn_("slices of service " + ToString(key),
         WriteSlicesTo(slices, std::move(service), std::move(plans.slices), std::move(settled.slices)));
  const Result<SyncResult> endpoints =
      co_await WriteEndpoints(key, std::move(plans.endpoints), std::move(settled.endpoints));
  while (!slices->result) {
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) co_return Canceled();
    co_await slices->arrived.Wait();
  }
  co_return Both(endpoints, *slices->result);
}

Awaitable<void> Reconciler::WriteSlicesTo(std::shared_ptr<Outcome> outcome, kube::ObjectMeta service,
                                          endpoints::SlicePlan plan, Result<void> settled) {
  // Tasks may begin at once, and Endpoints go first.
  co_await asio::post(asio::use_awaitable);
  outcome->result = co_await WriteSlices(std::move(service), std::move(plan), std::move(settled));
  outcome->arrived.Notify();
}

Awaitable<Result<SyncResult>> Reconciler::WriteEndpoints(ObjectKey key, std::optional<kube::Endpoints> plan,
                                                         Result<void> settled) {
  if (!settled) co_return settled.error();
  Result<SyncResult> result = SyncResult{};
  const bool writes = plan.has_value();
  if (writes) result = co_await endpoints_.Write(key, *std::move(plan));
  if (result && result->requeue_after.count() == 0) SettleTime(key, Published::kEndpoints, writes);
  co_return result;
}

Awaitable<Result<SyncResult>> Reconciler::WriteSlices(kube::ObjectMeta service, endpoints::SlicePlan plan,
                                                      Result<void> settled) {
  if (!settled) co_return settled.error();
  const ObjectKey key = service.Key();
  Result<SyncResult> result = SyncResult{};
  const bool writes = ChangesOf(plan) > 0;
  if (writes) result = co_await slices_.Write(std::move(service), std::move(plan));
  if (result && result->requeue_after.count() == 0) SettleTime(key, Published::kSlices, writes);
  co_return result;
}

Awaitable<Result<SyncResult>> Reconciler::Clean(ObjectKey key, Settled settled) {
  Forget(key);
  trigger_times_.Forget(key);
  const bool is_anything_left =
      endpoints_.IsAnythingLeft(key) || (with_slices_ && slices_.IsAnythingLeft(key));
  if (is_anything_left && !endpoints_.SawDeleted(key)) {
    const auto exists = co_await caches_.service_exists(key);
    if (!exists) co_return exists.error();
    if (*exists) VLOG(2) << "service " << ToString(key) << " exists, but the cache does not have it yet";
    if (*exists || caches_.services.Find(key) != nullptr) co_return SyncResult{.requeue_after = kCatchUpTime};
  }
  Result<SyncResult> endpoints = SyncResult{};
  if (settled.endpoints) {
    endpoints = co_await endpoints_.Clean(key);
  } else {
    endpoints = settled.endpoints.error();
  }
  if (!endpoints && IsOfAllWrites(endpoints.error())) co_return endpoints;
  const Result<SyncResult> slices = co_await CleanSlices(key, settled);
  Result<SyncResult> both = Both(endpoints, slices);
  if (both) both->gone = true;
  co_return both;
}

Awaitable<Result<SyncResult>> Reconciler::CleanSlices(ObjectKey key, const Settled& settled) {
  if (!PlansSlices(key)) co_return SyncResult{};
  if (!settled.slices) co_return settled.slices.error();
  endpoints::SlicePlan plan = slices_.Plan(key, nullptr, std::nullopt);
  if (ChangesOf(plan) == 0) co_return SyncResult{};
  co_return co_await slices_.Clean(key, std::move(plan));
}

void Reconciler::SettleTime(const ObjectKey& key, Published kind, bool written) {
  const std::optional<kube::Timestamp> trigger = trigger_times_.Pending(key, kind);
  if (written && trigger && on_published_) on_published_(kind, *trigger);
  trigger_times_.Settle(key, kind);
}

void Reconciler::Forget(const ObjectKey& key) {
  skips_.Forget(key);
  empty_services_.Forget(key);
  missing_nodes_.Forget(key);
  endpoints_.Forget(key);
  slices_.Forget(key);
}

void Reconciler::Tick(steady_clock::time_point now) {
  Tell(skips_.Tick(now));
  WriteToLog(empty_services_.Tick(now));
  endpoints_.Tick(now);
  slices_.Tick(now);
}

void Reconciler::TellMissingNodes(std::optional<steady_clock::time_point> nodes_followed,
                                  steady_clock::time_point now) {
  const auto exists = [this](const Symbol& node) { return caches_.nodes.Find({Symbol(), node}) != nullptr; };
  WriteToLog(missing_nodes_.Tick(nodes_followed, exists, now));
}

void Reconciler::OnWentBack() {
  endpoints_.OnWentBack();
  slices_.OnWentBack();
}

std::size_t Reconciler::size() const {
  return skips_.services() + empty_services_.size() + missing_nodes_.services() + trigger_times_.size() +
         endpoints_.size() + slices_.size();
}

}  // namespace k8sm::controller
