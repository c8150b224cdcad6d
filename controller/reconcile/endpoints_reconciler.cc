#include "controller/reconcile/endpoints_reconciler.h"

#include "controller/reconcile/fingerprint.h"
#include "controller/report/coexistence.h"
#include "controller/report/event_texts.h"
#include "lib/base/one_line.h"
#include "lib/endpoints/endpoints_plan.h"

#include <glog/logging.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

using endpoints::EndpointsPlan;
using kube::Endpoints;
using kube::ObjectKey;
using kube::Service;
using std::chrono::steady_clock;

namespace {

// Names and sentences have their bounds; this is for the case that one has not.
constexpr std::size_t kMaxLine = 2'000;

// "shop/web: 3 ready, 1 not ready"
std::string Summarize(const Endpoints& endpoints) {
  std::size_t ready = 0;
  std::size_t not_ready = 0;
  for (const kube::EndpointSubset& subset : endpoints.subsets) {
    ready += subset.addresses.size();
    not_ready += subset.not_ready_addresses.size();
  }
  return ToString(endpoints.meta.Key()) + ": " + std::to_string(ready) + " ready, " +
         std::to_string(not_ready) + " not ready";
}

}  // namespace

EndpointsReconciler::EndpointsReconciler(endpoints::AddressMode mode, EndpointsCaches caches,
                                         ObjectWriter<Endpoints>& writer, bool annotate_container_ports,
                                         events::EventSink events)
    : mode_(mode),
      caches_(caches),
      writer_(writer),
      annotate_container_ports_(annotate_container_ports),
      events_(std::move(events)) {}

Awaitable<Result<SyncResult>> EndpointsReconciler::Sync(ObjectKey key) {
  const Service* service = caches_.services.Find(key);
  // A service that exists but can't be read keeps the Endpoints that it has.
  if (service == nullptr && caches_.services.IsUnreadable(key)) co_return SyncResult{};
  if (service == nullptr) co_return co_await Clean(key);
  deleted_.erase(key);
  if (!service->SelectsPods()) {
    Forget(key);
    co_return SyncResult{};
  }

  const std::vector<const kube::Pod*> pods = caches_.pods.Select(key.ns, service->selector);
  const EndpointsPlan plan = endpoints::PlanEndpoints(*service, pods, mode_, annotate_container_ports_);
  Tell(skip_log_.Update(key, plan, steady_clock::now()));
  const auto trigger_time = trigger_times_.Observe(*service, pods);
  auto wanted = endpoints::PlannedWrite(*service, plan, caches_.endpoints.Find(key), trigger_time);
  VLOG(4) << "synced endpoints of " << ToString(key) << ": " << pods.size() << " pods, " << plan.skips.size()
          << " skips, " << (wanted ? "to be written" : "unchanged");
  if (wanted) co_return co_await Write(std::move(key), *std::move(wanted));
  trigger_times_.Settle(key);
  co_return SyncResult{};
}

// The caches may change while the write is under way: nothing that points into them is used across it.
Awaitable<Result<SyncResult>> EndpointsReconciler::Write(ObjectKey key, Endpoints wanted) {
  const Endpoints* stored = caches_.endpoints.Find(key);
  const auto verdict = rewrite_guard_.OnWrite(key, Fingerprint(stored), steady_clock::now());
  if (verdict.slowed_down) {
    const auto more = rewrite_lines_.Take(steady_clock::now());
    const std::string line = DescribeRewrites("Endpoints", key, stored != nullptr ? WriterOf(*stored) : "");
    if (more) LOG(WARNING) << OneLine(line, kMaxLine) << *more;
  }
  if (verdict.wait.count() > 0) co_return SyncResult{.requeue_after = verdict.wait};

  const std::string summary = Summarize(wanted);
  const kube::ObjectMeta target{.ns = wanted.meta.ns,
                                .name = wanted.meta.name,
                                .uid = wanted.meta.uid,
                                .resource_version = wanted.meta.resource_version};
  const auto written = co_await writer_.Write(std::move(wanted));
  if (!written) {
    rewrite_guard_.OnFailed(key);
    if (auto event = EndpointsEvent(target, written.error())) events_(*std::move(event));
    co_return written.error();
  }
  VLOG(2) << "wrote endpoints " << summary;
  rewrite_guard_.OnWritten(key, Fingerprint(caches_.endpoints.Find(key)), steady_clock::now());
  trigger_times_.Settle(key);
  co_return SyncResult{};
}

Awaitable<Result<SyncResult>> EndpointsReconciler::Clean(ObjectKey key) {
  Forget(key);
  const bool seen_deleted = deleted_.erase(key) > 0;
  const Endpoints* orphan = caches_.endpoints.Find(key);
  if (orphan == nullptr) co_return SyncResult{};
  if (!(seen_deleted ? endpoints::GoesWithItsService(*orphan) : endpoints::IsLeftover(*orphan))) {
    VLOG(4) << "endpoints " << ToString(key) << " have no service and are nobody's leftovers: left alone";
    co_return SyncResult{};
  }
  const auto deleted = co_await writer_.Delete(*orphan);
  if (!deleted) {
    if (seen_deleted) deleted_.insert(key);
    co_return deleted.error();
  }
  if (seen_deleted) {
    VLOG(2) << "deleted endpoints " << ToString(key) << ", whose service is gone";
  } else {
    LOG(INFO) << "deleted endpoints " << ToString(key) << ", left over from a service that is gone";
  }
  co_return SyncResult{};
}

void EndpointsReconciler::Forget(const ObjectKey& key) {
  skip_log_.Forget(key);
  trigger_times_.Forget(key);
  rewrite_guard_.Forget(key);
}

void EndpointsReconciler::Tick(steady_clock::time_point now) {
  Tell(skip_log_.Overdue(now));
  const auto more = rewrite_lines_.Summary(now);
  if (more) LOG(WARNING) << "Endpoints of more services are rewritten again and again by others" << *more;
}

void EndpointsReconciler::Tell(const SkipNews& news) {
  for (const SkipLogLine& line : news.lines) {
    switch (line.level) {
      case SkipLogLine::Level::kInfo:
        LOG(INFO) << OneLine(line.text, kMaxLine);
        break;
      case SkipLogLine::Level::kWarning:
        LOG(WARNING) << OneLine(line.text, kMaxLine);
        break;
      case SkipLogLine::Level::kChange:
        VLOG(2) << OneLine(line.text, kMaxLine);
        break;
      case SkipLogLine::Level::kRepetition:
        VLOG(4) << OneLine(line.text, kMaxLine);
        break;
    }
  }
  for (const auto& [service, skip] : news.told) {
    if (auto event = SkipEvent(skip, service, mode_)) events_(*std::move(event));
  }
}

}  // namespace k8sm::controller
