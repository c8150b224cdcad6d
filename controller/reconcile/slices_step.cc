#include "controller/reconcile/slices_step.h"

#include "controller/reconcile/fingerprint.h"
#include "controller/reconcile/write_errors.h"
#include "controller/report/event_texts.h"
#include "controller/report/log_line.h"
#include "lib/base/count.h"
#include "lib/endpoints/slice_meta.h"

#include <glog/logging.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::SlicePlan;
using kube::EndpointSlice;
using kube::ObjectKey;
using std::chrono::steady_clock;

// Returns e.g. "2 created, 1 updated, 0 deleted, 30 endpoints".
std::string Summarize(const SlicePlan& plan) {
  return std::to_string(plan.create.size()) + " created, " + std::to_string(plan.update.size()) +
         " updated, " + std::to_string(plan.remove.size()) + " deleted, " +
         Count(plan.counts.endpoints, "endpoint");
}

}  // namespace

std::size_t ChangesOf(const SlicePlan& plan) {
  return plan.create.size() + plan.update.size() + plan.remove.size();
}

SlicesStep::SlicesStep(const informer::SliceIndex& slices, ObjectWriter<EndpointSlice>& writer,
                       events::EventSink events, std::size_t max_endpoints_per_slice)
    : slices_(slices), writer_(writer), events_(std::move(events)), max_endpoints_(max_endpoints_per_slice) {}

SlicePlan SlicesStep::Plan(const ObjectKey& service, const endpoints::Verdicts* verdicts,
                           std::optional<kube::Timestamp> trigger_time) {
  const std::vector<const EndpointSlice*> existing = answers_.View(service, slices_.SlicesOf(service));
  SlicePlan plan = endpoints::PlanSlices({.verdicts = verdicts,
                                          .existing = existing,
                                          .max_endpoints = max_endpoints_,
                                          .trigger_time = trigger_time});
  if (hooks_.on_planned)
    hooks_.on_planned(service, verdicts != nullptr ? verdicts->service : nullptr, plan.counts,
                      ChangesOf(plan));
  return plan;
}

// The caches may change during the writes: pointers into them must not be used after a co_await.
Awaitable<Result<SyncResult>> SlicesStep::Write(kube::ObjectMeta service, SlicePlan plan) {
  const ObjectKey key = service.Key();
  const auto& stored = slices_.SlicesOf(key);
  const auto wait = gate_.Wait(key, FingerprintsOf(stored), WriterOf(stored), steady_clock::now());
  if (wait.count() > 0) co_return SyncResult{.requeue_after = wait};

  const std::string summary = Summarize(plan);
  const auto sent = co_await Send(key, std::move(plan));
  if (!sent) {
    gate_.OnFailed(key);
    if (auto event = SlicesEvent(service, sent.error())) events_(*std::move(event));
    co_return sent.error();
  }
  if (writer_.IsDry()) co_return SyncResult{};
  VLOG(2) << "wrote endpointslices of " << ToString(key) << ": " << summary;
  gate_.OnWritten(key, FingerprintsOf(slices_.SlicesOf(key)), steady_clock::now());
  co_return SyncResult{};
}

Awaitable<Result<SyncResult>> SlicesStep::Clean(ObjectKey service, SlicePlan plan) {
  const auto sent = co_await Send(service, std::move(plan));
  if (!sent) co_return sent.error();
  co_return SyncResult{};
}

bool SlicesStep::IsAnythingLeft(const ObjectKey& service) const {
  return std::ranges::any_of(slices_.SlicesOf(service), [](const EndpointSlice* slice) {
    return endpoints::IsOurs(*slice) && !slice->meta.deletion_timestamp;
  });
}

// Stops at the first error that concerns more than one object: if the outcome of a write is unknown, or the
// server accepts no writes, the remaining slices need a new plan.
Awaitable<Result<void>> SlicesStep::Send(ObjectKey service, SlicePlan plan) {
  std::vector<EndpointSlice> writes = std::move(plan.create);
  std::ranges::move(plan.update, std::back_inserter(writes));
  Result<void> outcome;
  for (const EndpointSlice& slice : writes) {
    const bool is_new = slice.meta.resource_version.empty();
    const auto written = co_await writer_.Write(slice);
    if (written) {
      answers_.Note(service, slice, *written);
      if (hooks_.on_written) hooks_.on_written(is_new ? SliceOperation::kCreate : SliceOperation::kUpdate);
    } else if (!IsOfOneObject(written.error())) {
      co_return written.error();
    } else if (outcome) {
      outcome = written.error();
    }
  }
  // The old slices are still needed, since their endpoints were not written elsewhere.
  if (!outcome) co_return outcome;
  for (EndpointSlice& slice : plan.remove) {
    const auto deleted = co_await writer_.Delete(std::move(slice));
    if (deleted && hooks_.on_written) hooks_.on_written(SliceOperation::kDelete);
    if (!deleted && !IsOfOneObject(deleted.error())) co_return deleted.error();
    if (!deleted && outcome) outcome = deleted.error();
  }
  co_return outcome;
}

void SlicesStep::Forget(const ObjectKey& service) {
  gate_.Forget(service);
  answers_.Forget(service);
  foreign_.Forget(service);
}

void SlicesStep::NoteForeign(const ObjectKey& service) {
  const auto line = foreign_.Update(service, slices_.SlicesOf(service));
  if (!line) return;
  const auto more = foreign_lines_.Take(steady_clock::now());
  if (!more) return;
  const LogLine with_more{line->level, line->text + *more};
  WriteToLog({&with_more, 1});
}

void SlicesStep::Tick(steady_clock::time_point now) {
  gate_.Tick(now);
  if (const auto more = foreign_lines_.Summary(now)) {
    LOG(WARNING) << "more services have EndpointSlices of other controllers, or have none any more; "
                 << foreign_.services() << " have some now" << *more;
  }
}

}  // namespace k8sm::controller
