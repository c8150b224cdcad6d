#include "controller/reconcile/slices_reconciler.h"

#include "controller/reconcile/fingerprint.h"
#include "controller/report/event_texts.h"
#include "lib/base/one_line.h"

#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

namespace k8sm::controller {

using endpoints::SlicePlan;
using endpoints::SlicePlanInput;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Service;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kMaxLine = 2'000;
constexpr std::size_t kMaxName = 300;

std::size_t ChangesOf(const SlicePlan& plan) {
  return plan.create.size() + plan.update.size() + plan.remove.size();
}

bool IsEmpty(const SlicePlan& plan) {
  return ChangesOf(plan) == 0;
}

// Whether the refusal is that of one slice, and says nothing about what becomes of others.
bool IsOfOneSlice(const Error& error) {
  switch (error.code) {
    case Errc::kForbidden:
    case Errc::kNotFound:
    case Errc::kConflict:
    case Errc::kAlreadyExists:
    case Errc::kRejected:
      return true;
    default:
      return false;
  }
}

// "2 created, 1 updated, 0 deleted, 30 endpoints"
std::string Summarize(const SlicePlan& plan) {
  return std::to_string(plan.create.size()) + " created, " + std::to_string(plan.update.size()) +
         " updated, " + std::to_string(plan.remove.size()) + " deleted, " +
         std::to_string(plan.counts.endpoints) + " endpoints";
}

}  // namespace

SlicesReconciler::SlicesReconciler(endpoints::AddressMode mode, std::size_t max_endpoints_per_slice,
                                   SlicesCaches caches, ObjectWriter<EndpointSlice>& writer,
                                   events::EventSink events)
    : mode_(mode),
      max_endpoints_(max_endpoints_per_slice),
      caches_(caches),
      writer_(writer),
      events_(std::move(events)) {}

Awaitable<Result<SyncResult>> SlicesReconciler::Sync(ObjectKey key) {
  const Service* service = caches_.services.Find(key);
  // A service that exists but can't be read keeps the slices that it has.
  if (service == nullptr && caches_.services.IsUnreadable(key)) co_return SyncResult{};
  const bool selects = service != nullptr && service->SelectsPods();
  LogForeign(key, service);

  SlicePlanInput input{.service = service,
                       .node_of =
                           [this](const kube::Symbol& name) {
                             return caches_.nodes.Find({kube::Symbol(), name});
                           },
                       .existing = caches_.slices.SlicesOf(key),
                       .mode = mode_,
                       .max_endpoints = max_endpoints_};
  std::vector<const kube::Pod*> pods;
  if (selects) {
    pods = caches_.pods.Select(key.ns, service->selector);
    input.pods = pods;
    input.trigger_time = trigger_times_.Observe(*service, pods);
  } else {
    trigger_times_.Forget(key);
    rewrite_guard_.Forget(key);
  }
  SlicePlan plan = endpoints::PlanSlices(input);
  LogMissingNodes(key, plan);
  if (observer_ != nullptr)
    observer_->OnPlanned(key, selects ? service : nullptr, plan.counts, ChangesOf(plan));
  VLOG(4) << "synced endpointslices of " << ToString(key) << ": " << pods.size() << " pods, "
          << (IsEmpty(plan) ? "unchanged" : Summarize(plan));
  if (!IsEmpty(plan)) co_return co_await Write(std::move(key), std::move(plan));
  trigger_times_.Settle(key);
  co_return SyncResult{};
}

// The caches may change while the writes are under way: nothing that points into them is used across them.
Awaitable<Result<SyncResult>> SlicesReconciler::Write(ObjectKey key, SlicePlan plan) {
  const auto& stored = caches_.slices.SlicesOf(key);
  const auto verdict = rewrite_guard_.OnWrite(key, Fingerprint(stored), steady_clock::now());
  if (verdict.slowed_down) {
    const auto more = rewrite_lines_.Take(steady_clock::now());
    const std::string line = DescribeRewrites("EndpointSlices", key, WriterOf(stored));
    if (more) LOG(WARNING) << OneLine(line, kMaxLine) << *more;
  }
  if (verdict.wait.count() > 0) co_return SyncResult{.requeue_after = verdict.wait};

  const std::string summary = Summarize(plan);
  const auto sent = co_await Send(std::move(plan));
  if (!sent) {
    rewrite_guard_.OnFailed(key);
    TellFailure(key, sent.error());
    co_return sent.error();
  }
  VLOG(2) << "wrote endpointslices of " << ToString(key) << ": " << summary;
  rewrite_guard_.OnWritten(key, Fingerprint(caches_.slices.SlicesOf(key)), steady_clock::now());
  trigger_times_.Settle(key);
  co_return SyncResult{};
}

// A slice that is refused does not hold up the others. Where it is not known what became of one, or the
// server does not take writes at present, they have to wait for the next plan.
Awaitable<Result<void>> SlicesReconciler::Send(SlicePlan plan) {
  std::vector<EndpointSlice> writes = std::move(plan.create);
  std::ranges::move(plan.update, std::back_inserter(writes));
  Result<void> outcome;
  for (EndpointSlice& slice : writes) {
    const bool is_new = slice.meta.resource_version.empty();
    const auto written = co_await writer_.Write(std::move(slice));
    if (written) Tell(is_new ? SliceOperation::kCreate : SliceOperation::kUpdate);
    if (!written && !IsOfOneSlice(written.error())) co_return written.error();
    if (!written && outcome) outcome = written.error();
  }
  // What the others were to take over is still needed.
  if (!outcome) co_return outcome;
  for (EndpointSlice& slice : plan.remove) {
    const auto deleted = co_await writer_.Delete(std::move(slice));
    if (deleted) Tell(SliceOperation::kDelete);
    if (!deleted && !IsOfOneSlice(deleted.error())) co_return deleted.error();
    if (!deleted && outcome) outcome = deleted.error();
  }
  co_return outcome;
}

void SlicesReconciler::Tell(SliceOperation operation) {
  if (observer_ != nullptr) observer_->OnWritten(operation);
}

void SlicesReconciler::LogForeign(const ObjectKey& key, const Service* service) {
  if (service == nullptr || !service->SelectsPods()) {
    foreign_log_.Forget(key);
    return;
  }
  const auto line = foreign_log_.Update(key, caches_.slices.SlicesOf(key));
  if (!line) return;
  const auto more = foreign_lines_.Take(steady_clock::now());
  if (!more) return;
  if (line->warning) {
    LOG(WARNING) << OneLine(line->text, kMaxLine) << *more;
  } else {
    LOG(INFO) << OneLine(line->text, kMaxLine) << *more;
  }
}

void SlicesReconciler::LogMissingNodes(const ObjectKey& key, const SlicePlan& plan) {
  for (const kube::Symbol& node : plan.missing_nodes) {
    if (!missing_nodes_.insert(node.get()).second) continue;
    const auto more = missing_node_lines_.Take(steady_clock::now());
    if (!more) continue;
    LOG(WARNING) << "node " << OneLine(node.get(), kMaxName)
                 << " does not exist: until it does, the pods on it, "
                 << "of service " << ToString(key)
                 << " for one, are in no EndpointSlice (or in one without their "
                 << "zone, where the service publishes addresses that are not ready)" << *more;
  }
}

void SlicesReconciler::TellFailure(const ObjectKey& key, const Error& error) {
  const Service* service = caches_.services.Find(key);
  if (service == nullptr) return;
  if (auto event = SlicesEvent(service->meta, error)) events_(*std::move(event));
}

void SlicesReconciler::Tick(steady_clock::time_point now) {
  if (const auto more = rewrite_lines_.Summary(now)) {
    LOG(WARNING) << "EndpointSlices of more services are rewritten again and again by others" << *more;
  }
  if (const auto more = foreign_lines_.Summary(now)) {
    LOG(WARNING) << "more services have EndpointSlices of others too, or have none any more; "
                 << foreign_log_.services() << " have some now" << *more;
  }
  if (const auto more = missing_node_lines_.Summary(now)) {
    LOG(WARNING) << "more nodes of pods do not exist" << *more;
  }
}

}  // namespace k8sm::controller
