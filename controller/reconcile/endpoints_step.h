// The part of a sync that brings a service's Endpoints to their plan.

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

// Cache and writer have to outlive it.
class EndpointsStep {
 public:
  EndpointsStep(const informer::Store<kube::Endpoints>& cache, ObjectWriter<kube::Endpoints>& writer,
                events::EventSink events, const endpoints::EndpointsLimits& limits);

  // What the API server stores of Endpoints (EndpointsLimits).
  void SetStoredFields(bool node_names, bool app_protocols) {
    limits_.node_names = node_names;
    limits_.app_protocols = app_protocols;
  }

  Awaitable<Result<void>> Settle(kube::ObjectKey service) { return writer_.Settle(std::move(service)); }

  // What Endpoints have to be, within what the API server has proven to store of this service.
  endpoints::EndpointsPlan Plan(const endpoints::Verdicts& verdicts);

  // The write that the plan takes; nothing where Endpoints are as planned, or exist and can't be read.
  std::optional<kube::Endpoints> PlannedWrite(const kube::Service& service,
                                              const endpoints::EndpointsPlan& plan,
                                              std::optional<kube::Timestamp> trigger_time);

  // Sends it. Errors are those of the writer. An object that is too large for the API server, or that it
  // refuses for a subset without ports, is asked to be synced again at once, with less in it.
  Awaitable<Result<SyncResult>> Write(kube::ObjectKey service, kube::Endpoints wanted);

  // Deletes the Endpoints of a service that is gone, where they are a controller's.
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey service);

  // The service was seen to be deleted: its Endpoints go at the next Clean even if they bear no controller's
  // mark.
  void NoteDeleted(const kube::ObjectKey& service) { deleted_.insert(service); }
  // Its Endpoints have gone without us.
  void ForgetDeleted(const kube::ObjectKey& service) { deleted_.erase(service); }

  // The service exists. Where it selects no pods and Endpoints of ours are left, says so once, and what to
  // do.
  void NoteExists(const kube::Service& service);

  // The service is gone, or selects no pods any more.
  void Forget(const kube::ObjectKey& service);

  // To be called every few seconds.
  void Tick(std::chrono::steady_clock::time_point now) { gate_.Tick(now); }

  const WriteGate& gate() const { return gate_; }
  // How many services it remembers something of.
  std::size_t size() const;

 private:
  bool TakesLess(const kube::ObjectKey& service, const kube::Endpoints& refused, const Error& error);

  const informer::Store<kube::Endpoints>& cache_;
  ObjectWriter<kube::Endpoints>& writer_;
  const events::EventSink events_;
  endpoints::EndpointsLimits limits_;
  WriteGate gate_{"Endpoints"};
  AcceptedAnswers<kube::Endpoints> answers_;
  // Of services whose Endpoints were too large: how many addresses to publish.
  std::unordered_map<kube::ObjectKey, std::size_t, kube::ObjectKeyHash> capacities_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> deleted_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> unselected_;  // that were told
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINTS_STEP_H_
