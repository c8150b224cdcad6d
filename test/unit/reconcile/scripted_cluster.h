// The caches of a cluster, and an API server that answers writes as a test prescribes.

#ifndef K8SM_TEST_UNIT_RECONCILE_SCRIPTED_CLUSTER_H_
#define K8SM_TEST_UNIT_RECONCILE_SCRIPTED_CLUSTER_H_

#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/reconciler.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/informer/label_index.h"
#include "lib/informer/selector_index.h"
#include "lib/informer/slice_index.h"
#include "lib/informer/store.h"
#include "lib/kube/event.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

// The requests in the order in which they came: "create endpoints web", "update endpoints web", "delete
// endpoints web", "create slice", "update slice web-1", "delete slice web-1", "settle endpoints web", "settle
// slices web", "find service web". Settling and finding are listed only if a refusal is scripted for it.
using Requests = std::vector<std::string>;

class ScriptedCluster {
 public:
  explicit ScriptedCluster(ReconcilerOptions options = {});

  // The API server's objects, as the caches have them.
  informer::Store<kube::Service> services;
  informer::Store<kube::Pod> pods;
  informer::Store<kube::Endpoints> endpoints;
  informer::Store<kube::EndpointSlice> slices;
  informer::Store<kube::Node> nodes;
  informer::SelectorIndex services_by_selector{services};
  informer::LabelIndex pods_by_label{pods};
  informer::SliceIndex slices_by_service{slices};

  // Services with slices of ours that can't be read.
  std::set<kube::ObjectKey> unreadable_slices;
  // Services that the API server has and the caches do not have yet.
  std::set<kube::ObjectKey> uncached_services;
  // Called whenever the API server is asked for a service.
  std::function<void()> on_asked = [] {};

  void Put(kube::Service service);
  void Put(kube::Pod pod);
  void Put(kube::Endpoints object);
  void Put(kube::EndpointSlice slice);
  void PutNode(const std::string& name);
  void RemoveService(const std::string& name);
  void RemovePod(const std::string& name);

  // Whether writes are recorded only, and change nothing.
  bool is_dry = false;
  // Answers the next request whose text begins with `request` with this error.
  void Refuse(const std::string& request, Error error) { refusals_.push_back({request, std::move(error)}); }
  // Changes an object that was sent before the server stores it.
  std::function<void(kube::Endpoints&)> change_endpoints = [](kube::Endpoints&) {};
  std::function<void(kube::EndpointSlice&)> change_slice = [](kube::EndpointSlice&) {};

  Result<SyncResult> Sync(const std::string& service);

  // Begins a sync, and goes on until everything waits. Requests whose text begins with what is held wait for
  // Release().
  void Begin(const std::string& service);
  void Hold(std::string request) { held_ = std::move(request); }
  void Release();
  // Cancels the syncs that have been begun.
  void Cancel();
  bool IsSyncing() const { return !tasks_.empty(); }
  std::optional<Result<SyncResult>> outcome;  // of the last one that has ended

  // The requests since the last call.
  Requests Sent();
  // The stored Endpoints as "a@10.0.0.11:31080 !b@...", or "-" if there are none.
  std::string EndpointsText(const std::string& service) const;
  // The same of all slices of ours, each in brackets.
  std::string SlicesText(const std::string& service) const;

  Reconciler& reconciler() { return reconciler_; }
  std::vector<kube::Event> events;

 private:
  template <class T>
  class Writer final : public ObjectWriter<T> {
   public:
    Writer(ScriptedCluster& cluster, informer::Store<T>& store) : cluster_(cluster), store_(store) {}
    bool IsDry() const override { return cluster_.is_dry; }
    Awaitable<Result<void>> Settle(kube::ObjectKey service) override;
    Awaitable<Result<T>> Write(T wanted) override;
    Awaitable<Result<void>> Delete(T gone) override;

   private:
    ScriptedCluster& cluster_;
    informer::Store<T>& store_;
  };

  struct Refusal {
    std::string request;
    Error error;
  };

  std::string NextVersion() { return std::to_string(++version_); }
  void Turn();
  // Returns whether it was released, rather than cancelled.
  Awaitable<bool> WhileHeld(std::string request);
  // The error with which the request is answered; nullopt if it succeeds.
  std::optional<Error> Answer(const std::string& request, bool is_told);
  Awaitable<Result<bool>> Exists(kube::ObjectKey service);
  void Change(kube::Endpoints& object) { change_endpoints(object); }
  void Change(kube::EndpointSlice& object) { change_slice(object); }

  boost::asio::io_context io_;
  int version_ = 100;
  int names_ = 0;
  std::deque<Refusal> refusals_;
  Requests sent_;
  std::string held_;  // empty: none
  Notifier released_;
  Writer<kube::Endpoints> endpoints_writer_{*this, endpoints};
  Writer<kube::EndpointSlice> slices_writer_{*this, slices};
  TaskGroup tasks_;
  Reconciler reconciler_;
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_RECONCILE_SCRIPTED_CLUSTER_H_
