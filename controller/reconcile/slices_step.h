// The part of a sync that brings a service's EndpointSlices to their plan.

#ifndef K8SM_CONTROLLER_RECONCILE_SLICES_STEP_H_
#define K8SM_CONTROLLER_RECONCILE_SLICES_STEP_H_

#include "controller/reconcile/accepted_answers.h"
#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/reconcile/write_gate.h"
#include "controller/report/coexistence.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/endpoints/slice_plan.h"
#include "lib/endpoints/verdicts.h"
#include "lib/events/event_sink.h"
#include "lib/informer/slice_index.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace k8sm::controller {

enum class SliceOperation { kCreate, kUpdate, kDelete };

// For metrics; any may be empty.
struct SliceHooks {
  // A service was planned, and `changes` of its slices have to be written or deleted; `service` is null where
  // it is gone or selects no pods.
  std::function<void(const kube::ObjectKey& key, const kube::Service* service,
                     const endpoints::SliceCounts& counts, std::size_t changes)>
      on_planned;
  // A slice was written or deleted.
  std::function<void(SliceOperation)> on_written;
};

// Index and writer have to outlive it.
class SlicesStep {
 public:
  SlicesStep(const informer::SliceIndex& slices, ObjectWriter<kube::EndpointSlice>& writer,
             events::EventSink events, std::size_t max_endpoints_per_slice);

  void SetHooks(SliceHooks hooks) { hooks_ = std::move(hooks); }

  Awaitable<Result<void>> Settle(kube::ObjectKey service) { return writer_.Settle(std::move(service)); }

  // `verdicts` is null where the service is gone or selects no pods.
  endpoints::SlicePlan Plan(const kube::ObjectKey& service, const endpoints::Verdicts* verdicts,
                            std::optional<kube::Timestamp> trigger_time);

  // Sends it, slice by slice: what is new first, what is old last, and that only where all else went well. A
  // slice that is refused does not hold up the others. Errors are those of the writer.
  Awaitable<Result<SyncResult>> Write(kube::ObjectMeta service, endpoints::SlicePlan plan);
  // The same for a service that is gone, or selects no pods.
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey service, endpoints::SlicePlan plan);

  // The service is gone, or selects no pods any more.
  void Forget(const kube::ObjectKey& service);

  // Logs that others serve the service too, once. REQUIRES: it exists and selects pods.
  void NoteForeign(const kube::ObjectKey& service);

  // Logs what was held back. To be called every few seconds.
  void Tick(std::chrono::steady_clock::time_point now);

  const WriteGate& gate() const { return gate_; }
  // How many services it remembers something of.
  std::size_t size() const { return gate_.size() + answers_.size() + foreign_.services(); }

 private:
  Awaitable<Result<void>> Send(kube::ObjectKey service, endpoints::SlicePlan plan);

  const informer::SliceIndex& slices_;
  ObjectWriter<kube::EndpointSlice>& writer_;
  const events::EventSink events_;
  const std::size_t max_endpoints_;
  SliceHooks hooks_;
  WriteGate gate_{"EndpointSlices"};
  AcceptedAnswers<kube::EndpointSlice> answers_;
  ForeignSliceLog foreign_;
  LineBudget foreign_lines_{10};
};

// How many requests the plan takes.
std::size_t ChangesOf(const endpoints::SlicePlan& plan);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SLICES_STEP_H_
