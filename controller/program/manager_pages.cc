// What operators see of the program: health, metrics and /debug.

#include "controller/inspect/debug_pages.h"
#include "controller/ops/health_pages.h"
#include "controller/program/manager.h"

#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// How long a sync loop may leave undone what it could do at once.
constexpr std::chrono::minutes kOverdue{1};

}  // namespace

// None of those that ask whether the process lives depends on the API server: restarting would not help.
void Manager::AddHealthChecks() {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    health_checks_.Add(endpoint, {"log", [this] { return log_check_.Failure(steady_clock::now()); }});
    if (elector_) {
      health_checks_.Add(endpoint, {"leaderElection", [this] { return elector_->HealthFailure(); }});
    }
    health_checks_.Add(
        endpoint, WorkerCheck("endpoints-controller", [this] { return &controllers_.endpoints().loop(); }));
    if (options_.endpoint_slices != EndpointSlices::kOff) {
      health_checks_.Add(endpoint, WorkerCheck("endpointslice-controller", [this] {
                           SlicesController* slices = controllers_.slices();
                           return slices == nullptr ? nullptr : &slices->loop();
                         }));
    }
  }
  health_checks_.Add(HealthEndpoint::kReadyz, {"informer-sync", [this]() -> std::optional<std::string> {
                                                 if (synced_) return std::nullopt;
                                                 return "not everything has been listed yet";
                                               }});
  health_checks_.Add(HealthEndpoint::kReadyz, {"shutdown", [this]() -> std::optional<std::string> {
                                                 if (!stopping_) return std::nullopt;
                                                 return "the process is shutting down";
                                               }});
}

HealthCheck Manager::WorkerCheck(std::string name, std::function<const SyncLoop*()> loop) {
  return {std::move(name), [loop = std::move(loop)]() -> std::optional<std::string> {
            const SyncLoop* now = loop();
            const auto overdue = now == nullptr ? std::nullopt : now->Overdue(steady_clock::now());
            if (!overdue || *overdue < kOverdue) return std::nullopt;
            return "services wait to be synced while nothing is done";
          }};
}

void Manager::AddPages() {
  metrics_->Observe(controllers_.endpoints());
  metrics_->Observe(cache_);
  metrics_->Observe(health_checks_);
  if (elector_) {
    metrics_->ObserveElection(
        options_.election.lease_name, [this] { return elector_->leading(); },
        [this] { return elector_->slow_paths(); });
  }
  AddHealthPages(health_checks_, ops_router_);
  AddMetricsPages(*metrics_, ops_router_);
  AddDebugPages({.cache = cache_,
                 .mode = options_.mode,
                 .since = [this](const kube::ObjectKey& service,
                                 const endpoints::Skip& skip) { return SkippedSince(service, skip); },
                 .synced = [this] { return synced_; }},
                ops_router_);
}

std::optional<kube::Timestamp> Manager::SkippedSince(const kube::ObjectKey& service,
                                                     const endpoints::Skip& skip) const {
  const auto since = controllers_.skips().Since(service, skip);
  if (!since) return std::nullopt;
  const auto ago = std::chrono::duration_cast<seconds>(steady_clock::now() - *since);
  return std::chrono::floor<seconds>(std::chrono::system_clock::now()) - ago;
}

}  // namespace k8sm::controller
