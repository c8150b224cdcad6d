#include "controller/reconcile/endpoints_step.h"

#include "controller/reconcile/fingerprint.h"
#include "controller/report/coexistence.h"
#include "controller/report/event_texts.h"

#include <glog/logging.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using kube::Endpoints;
using kube::ObjectKey;
using kube::Service;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAtOnce{1};

struct AddressCounts {
  std::size_t ready = 0;
  std::size_t not_ready = 0;
};

AddressCounts CountAddresses(const Endpoints& endpoints) {
  AddressCounts counts;
  for (const kube::EndpointSubset& subset : endpoints.subsets) {
    counts.ready += subset.addresses.size();
    counts.not_ready += subset.not_ready_addresses.size();
  }
  return counts;
}

// The API server answers 413 to a body over its limit; etcd's limit for a request is smaller.
bool IsTooLarge(const Error& error) {
  return error.http_status == 413 || error.message.find("request is too large") != std::string::npos;
}

// Kubernetes before 1.6 answers "subsets[0].ports: Required value"; admission plugins and webhooks may refuse
// an object for reasons of their own.
bool RefusesSubsetsWithoutPorts(const Endpoints& refused, const Error& error) {
  const bool has_one =
      std::ranges::any_of(refused.subsets, [](const auto& subset) { return subset.ports.empty(); });
  return has_one && error.http_status == 422 &&
         error.message.find("].ports: Required value") != std::string::npos;
}

// Kubernetes 1.4 and 1.5 let the node of an address change only by way of none (ValidateEndpointsUpdate in
// k8s.io/kubernetes/pkg/api/validation).
bool RefusesAnotherNode(const Error& error) {
  return error.http_status == 422 && error.message.find("Cannot change NodeName") != std::string::npos;
}

// `endpoints` may be null.
bool HasNodeNames(const Endpoints* endpoints) {
  const auto has_name = [](const kube::EndpointAddress& address) { return !address.node_name.empty(); };
  if (endpoints == nullptr) return false;
  return std::ranges::any_of(endpoints->subsets, [&](const kube::EndpointSubset& subset) {
    return std::ranges::any_of(subset.addresses, has_name) ||
           std::ranges::any_of(subset.not_ready_addresses, has_name);
  });
}

void RemoveNodeNames(Endpoints& endpoints) {
  for (kube::EndpointSubset& subset : endpoints.subsets) {
    for (kube::EndpointAddress& address : subset.addresses) address.node_name = {};
    for (kube::EndpointAddress& address : subset.not_ready_addresses) address.node_name = {};
  }
}

}  // namespace

EndpointsStep::EndpointsStep(const informer::Store<Endpoints>& cache, ObjectWriter<Endpoints>& writer,
                             events::EventSink events, const endpoints::EndpointsLimits& limits)
    : cache_(cache), writer_(writer), events_(std::move(events)), limits_(limits) {}

endpoints::EndpointsLimits EndpointsStep::LimitsOf(const ObjectKey& service) const {
  endpoints::EndpointsLimits limits = limits_;
  const auto capacity = capacities_.find(service);
  if (capacity != capacities_.end()) limits.max_addresses = capacity->second;
  return limits;
}

EndpointsPlan EndpointsStep::Plan(const endpoints::Verdicts& verdicts) {
  const ObjectKey key = verdicts.service->meta.Key();
  EndpointsPlan plan = endpoints::PlanEndpoints(verdicts, LimitsOf(key));
  // The service has shrunk below the limit, so its capacity is determined anew when it grows.
  if (!plan.truncated) capacities_.erase(key);
  return plan;
}

const Endpoints* EndpointsStep::Stored(const ObjectKey& service) {
  const Endpoints* stored = cache_.Find(service);
  return stored == nullptr ? nullptr : answers_.View(service, {&stored, 1}).front();
}

std::optional<Endpoints> EndpointsStep::PlannedWrite(const Service& service, const EndpointsPlan& plan,
                                                     std::optional<kube::Timestamp> trigger_time) {
  const ObjectKey key = service.meta.Key();
  // An earlier version that can be read may be cached, but a write of it would be a conflict.
  if (cache_.IsUnreadable(key)) {
    VLOG(2) << "endpoints " << ToString(key) << " cannot be decoded: not written until they can";
    return std::nullopt;
  }
  return endpoints::PlannedWrite(service, plan, Stored(key), trigger_time);
}

// The caches may change during the write: pointers into them must not be used after a co_await.
Awaitable<Result<SyncResult>> EndpointsStep::Write(ObjectKey service, Endpoints wanted) {
  const Endpoints* stored = cache_.Find(service);
  const auto wait = gate_.Wait(service, FingerprintsOf(stored), stored != nullptr ? WriterOf(*stored) : "",
                               steady_clock::now());
  if (wait.count() > 0) co_return SyncResult{.requeue_after = wait};

  SyncResult result;
  auto written = co_await writer_.Write(wanted);
  if (!written && RefusesAnotherNode(written.error()) && HasNodeNames(cache_.Find(service))) {
    VLOG(2) << "writing endpoints " << ToString(service)
            << " without node names first: " << written.error().message;
    RemoveNodeNames(wanted);
    auto nameless = co_await writer_.Write(wanted);
    written = std::move(nameless);
    result.requeue_after = kAtOnce;
  }
  if (!written) {
    gate_.OnFailed(service);
    if (TakesLess(service, wanted, written.error())) co_return SyncResult{.requeue_after = kAtOnce};
    if (auto event = EndpointsEvent(wanted.meta, written.error())) events_(*std::move(event));
    co_return written.error();
  }
  if (writer_.IsDry()) co_return SyncResult{};
  const AddressCounts counts = CountAddresses(wanted);
  VLOG(2) << "wrote endpoints " << ToString(service) << ": " << counts.ready << " ready, " << counts.not_ready
          << " not ready";
  answers_.Note(service, wanted, *written);
  gate_.OnWritten(service, FingerprintsOf(cache_.Find(service)), steady_clock::now());
  co_return result;
}

// Whether a smaller plan can be written instead. If so, later plans are limited accordingly.
bool EndpointsStep::TakesLess(const ObjectKey& service, const Endpoints& refused, const Error& error) {
  if (RefusesSubsetsWithoutPorts(refused, error)) {
    LOG(WARNING)
        << "the API server does not store Endpoints without ports: headless services without ports, such as "
        << ToString(service) << ", get no Endpoints";
    limits_.subsets_without_ports = false;
    return true;
  }
  const AddressCounts counts = CountAddresses(refused);
  const std::size_t addresses = counts.ready + counts.not_ready;
  if (!IsTooLarge(error) || addresses < 2) return false;
  capacities_[service] = addresses / 2;
  LOG(WARNING)
      << "endpoints " << ToString(service) << " with " << addresses
      << " addresses are too large for the API server: publishing " << addresses / 2
      << " of them, marked as truncated; EndpointSlices list all. Split the service, or give it fewer ports";
  return true;
}

bool EndpointsStep::IsAnythingLeft(const ObjectKey& service) const {
  const Endpoints* left = cache_.Find(service);
  if (left == nullptr || left->meta.deletion_timestamp || cache_.IsUnreadable(service)) return false;
  if (SawDeleted(service)) return endpoints::GoesWithItsService(*left);
  return leftovers_.contains(service) ? endpoints::IsLeftover(*left)
                                      : endpoints::IsOurs(*left) && endpoints::GoesWithItsService(*left);
}

Awaitable<Result<SyncResult>> EndpointsStep::Clean(ObjectKey service) {
  unselected_.erase(service);
  if (cache_.IsUnreadable(service)) {
    VLOG(2) << "endpoints " << ToString(service) << " cannot be decoded: not deleted until they can";
    co_return SyncResult{};
  }
  const bool is_left = IsAnythingLeft(service);
  const bool seen_deleted = deleted_.erase(service) > 0;
  const bool leftover = leftovers_.erase(service) > 0;
  if (!is_left) {
    if (cache_.Find(service) != nullptr)
      VLOG(4)
          << "endpoints " << ToString(service)
          << " have no service: not deleted, since no controller has written them or finalizers keep them";
    co_return SyncResult{};
  }
  const auto deleted = co_await writer_.Delete(*cache_.Find(service));
  if (!deleted) {
    if (seen_deleted) deleted_.insert(service);
    if (leftover) leftovers_.insert(service);
    co_return deleted.error();
  }
  if (writer_.IsDry()) co_return SyncResult{};
  if (seen_deleted) {
    VLOG(2) << "deleted endpoints " << ToString(service) << ", whose service is gone";
  } else {
    LOG(INFO) << "deleted orphaned endpoints " << ToString(service) << ", whose service is gone";
  }
  co_return SyncResult{};
}

void EndpointsStep::Forget(const ObjectKey& service) {
  gate_.Forget(service);
  answers_.Forget(service);
  capacities_.erase(service);
}

void EndpointsStep::NoteExists(const Service& service) {
  const ObjectKey key = service.meta.Key();
  deleted_.erase(key);
  leftovers_.erase(key);
  const Endpoints* left = service.SelectsPods() ? nullptr : cache_.Find(key);
  if (left == nullptr || left->subsets.empty() || !endpoints::IsOurs(*left)) {
    unselected_.erase(key);
  } else if (unselected_.insert(key).second) {
    LOG(WARNING)
        << "service " << ToString(key)
        << (service.external_name ? " is of type ExternalName" : " has no selector")
        << ", so its Endpoints stay as they were published last; if nothing else maintains them: kubectl "
           "delete endpoints -n "
        << key.ns.get() << " " << key.name.get();
  }
}

std::size_t EndpointsStep::size() const {
  return gate_.size() + answers_.size() + capacities_.size() + deleted_.size() + leftovers_.size() +
         unselected_.size();
}

}  // namespace k8sm::controller
