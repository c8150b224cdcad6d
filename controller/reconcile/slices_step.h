// The step of a sync that reconciles a service's EndpointSlices.

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

// Callbacks for metrics. Each may be empty.
struct SliceHooks {
  // Called when a service was planned. `changes` is the number of slices to write or delete; `service` is
  // null if it was deleted or selects no pods.
  std::function<void(const kube::ObjectKey& key, const kube::Service* service,
                     const endpoints::SliceCounts& counts, std::size_t changes)>
      on_planned;
  // Called when a slice was written or deleted.
  std::function<void(SliceOperation)> on_written;
};

// Plans and writes the slices of each service, and keeps per-service state. `slices`, `writer` and whatever
// `events` refers to must outlive it. Never two calls at a time for one service.
class SlicesStep {
 public:
  SlicesStep(const informer::SliceIndex& slices, ObjectWriter<kube::EndpointSlice>& writer,
             events::EventSink events, std::size_t max_endpoints_per_slice);

  // Replaces the callbacks. They are called during Plan(), Write() and Clean().
  void SetHooks(SliceHooks hooks) { hooks_ = std::move(hooks); }

  // See ObjectWriter::Settle.
  Awaitable<Result<void>> Settle(kube::ObjectKey service) { return writer_.Settle(std::move(service)); }

  // Returns the writes that bring the slices to the desired state. `verdicts` is null if the service was
  // deleted or selects no pods: all slices that this controller manages are then removed.
  endpoints::SlicePlan Plan(const kube::ObjectKey& service, const endpoints::Verdicts* verdicts,
                            std::optional<kube::Timestamp> trigger_time);

  // Carries out the plan: creates and updates first, then deletes, and deletes only if all writes succeeded.
  // A slice that the API server refuses does not stop the others. If the rewrite guard holds the writes back,
  // the result asks for a requeue instead. Errors are those of the writer.
  Awaitable<Result<SyncResult>> Write(kube::ObjectMeta service, endpoints::SlicePlan plan);
  // The same for a service that was deleted or selects no pods.
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey service, endpoints::SlicePlan plan);
  // Whether a plan for such a service has slices to delete.
  bool IsAnythingLeft(const kube::ObjectKey& service) const;

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service);

  // Logs once if other managers have slices of the service. REQUIRES: it exists and selects pods.
  void NoteForeign(const kube::ObjectKey& service);

  // Logs the lines that the rate limit held back. Call every few seconds.
  void Tick(std::chrono::steady_clock::time_point now);

  // See WriteGate::OnWentBack.
  void OnWentBack() { gate_.OnWentBack(); }

  const WriteGate& gate() const { return gate_; }
  // The number of entries in the per-service tables.
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

// The number of requests that the plan takes.
std::size_t ChangesOf(const endpoints::SlicePlan& plan);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SLICES_STEP_H_
