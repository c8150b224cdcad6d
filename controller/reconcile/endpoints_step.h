// The step of a sync that reconciles a service's Endpoints.

#ifndef K8SM_CONTROLLER_RECONCILE_ENDPOINTS_STEP_H_
#define K8SM_CONTROLLER_RECONCILE_ENDPOINTS_STEP_H_

#include "controller/reconcile/accepted_answers.h"
#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/reconcile/write_gate.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/verdicts.h"
#include "lib/events/event_sink.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/kube/timestamp.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace k8sm::controller {

// Plans and writes the Endpoints of each service, and keeps per-service state: accepted answers, rewrite
// limits and capacities. `cache`, `writer` and whatever `events` refers to must outlive it. Never two calls
// at a time for one service.
class EndpointsStep {
 public:
  EndpointsStep(const informer::Store<kube::Endpoints>& cache, ObjectWriter<kube::Endpoints>& writer,
                events::EventSink events, const endpoints::EndpointsLimits& limits);

  // Sets which Endpoints fields the API server stores (EndpointsLimits).
  void SetStoredFields(bool node_names, bool app_protocols) {
    limits_.node_names = node_names;
    limits_.app_protocols = app_protocols;
  }

  // See ObjectWriter::Settle.
  Awaitable<Result<void>> Settle(kube::ObjectKey service) { return writer_.Settle(std::move(service)); }

  // Returns what the API server stores of the service's Endpoints, and how many addresses, as far as it has
  // accepted or refused them before.
  endpoints::EndpointsLimits LimitsOf(const kube::ObjectKey& service) const;

  // Returns the desired Endpoints within LimitsOf() the service.
  endpoints::EndpointsPlan Plan(const endpoints::Verdicts& verdicts);

  // Returns the stored Endpoints as the planner sees them (AcceptedAnswers::View()); null if there are none.
  // Valid until the next call for this service, and while the cache does not change.
  const kube::Endpoints* Stored(const kube::ObjectKey& service);

  // Returns the object to write; nullopt if the stored Endpoints match the plan, or exist but their
  // latest version cannot be decoded. `trigger_time` is written as the annotation
  // endpoints.kubernetes.io/last-change-trigger-time.
  std::optional<kube::Endpoints> PlannedWrite(const kube::Service& service,
                                              const endpoints::EndpointsPlan& plan,
                                              std::optional<kube::Timestamp> trigger_time);

  // Writes `wanted`. If the rewrite guard holds the write back, nothing is sent and the result asks for a
  // requeue. If the API server refuses the object as too large, or for a subset without ports, the result
  // asks for a requeue at once, and later plans contain less. If it refuses another node for an address, the
  // object is written without node names, and the result asks for a requeue at once. Other errors of the
  // writer are returned.
  Awaitable<Result<SyncResult>> Write(kube::ObjectKey service, kube::Endpoints wanted);

  // Deletes the Endpoints of a service that does not exist if IsAnythingLeft(). Errors are those of the
  // writer.
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey service);
  // Whether Clean() has Endpoints to delete: after NoteDeleted() any, after NoteLeftover() those that a
  // controller has marked, otherwise those that this controller has. Not while they cannot be decoded, and
  // not while only finalizers keep them.
  bool IsAnythingLeft(const kube::ObjectKey& service) const;

  // Records that the deletion of the service was observed: the next Clean() deletes its Endpoints even
  // without a controller's label or annotation.
  void NoteDeleted(const kube::ObjectKey& service) { deleted_.insert(service); }
  // Cancels NoteDeleted(): the Endpoints were deleted by someone else.
  void ForgetDeleted(const kube::ObjectKey& service) { deleted_.erase(service); }
  bool SawDeleted(const kube::ObjectKey& service) const { return deleted_.contains(service); }

  // Records that these Endpoints had no service at the start.
  void NoteLeftover(const kube::ObjectKey& service) { leftovers_.insert(service); }

  // Call when the service exists. If it selects no pods and Endpoints written by this program remain, logs
  // once what to do about them.
  void NoteExists(const kube::Service& service);

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service);

  // Logs the lines that the rate limit held back. Call every few seconds.
  void Tick(std::chrono::steady_clock::time_point now) { gate_.Tick(now); }

  // See WriteGate::OnWentBack.
  void OnWentBack() { gate_.OnWentBack(); }

  const WriteGate& gate() const { return gate_; }
  // The number of entries in the per-service tables.
  std::size_t size() const;

 private:
  bool TakesLess(const kube::ObjectKey& service, const kube::Endpoints& refused, const Error& error);

  const informer::Store<kube::Endpoints>& cache_;
  ObjectWriter<kube::Endpoints>& writer_;
  const events::EventSink events_;
  endpoints::EndpointsLimits limits_;
  WriteGate gate_{"Endpoints"};
  AcceptedAnswers<kube::Endpoints> answers_;
  // The number of addresses to publish, for services whose Endpoints were too large.
  std::unordered_map<kube::ObjectKey, std::size_t, kube::ObjectKeyHash> capacities_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> deleted_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> leftovers_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> unselected_;  // services logged by NoteExists()
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINTS_STEP_H_
