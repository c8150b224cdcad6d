// The health, metrics and debug pages of the manager.

#include "controller/inspect/debug_pages.h"
#include "controller/ops/health_pages.h"
#include "controller/program/manager.h"

#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::steady_clock;

// The health check fails when the sync loop has left a due sync unstarted for this long.
constexpr std::chrono::minutes kOverdue{1};

}  // namespace

// No liveness check depends on the API server: a restart would not make it reachable.
void Manager::AddHealthChecks() {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    health_checks_.Add(endpoint, {"log", [this] { return log_check_.Failure(steady_clock::now()); }});
    if (elector_) {
      health_checks_.Add(endpoint, {"leaderElection", [this] { return elector_->HealthFailure(); }});
    }
    health_checks_.Add(endpoint, {"endpoint-controller", [this] { return LoopFailure(); }});
  }
  health_checks_.Add(HealthEndpoint::kReadyz, {"informer-sync", [this] { return SyncFailure(); }, true});
  health_checks_.Add(HealthEndpoint::kReadyz, {"shutdown", [this]() -> std::optional<std::string> {
                                                 if (!stopping_) return std::nullopt;
                                                 return "the process is shutting down";
                                               }});
}

std::optional<std::string> Manager::LoopFailure() const {
  const auto overdue = controller_.loop().Overdue(steady_clock::now());
  if (!overdue || *overdue < kOverdue) return std::nullopt;
  return "services wait to be synced while nothing is done";
}

void Manager::AddPages() {
  metrics_->Observe(controller_, options_.dry_run);
  metrics_->Observe(cache_);
  metrics_->Observe(health_checks_);
  metrics_->ObserveMode(options_.mode, elector_ ? options_.election.lease_name : "");
  if (events_) {
    metrics_->ObserveEvents([this] { return events_->stats(); });
  }
  if (elector_) {
    metrics_->ObserveElection(
        options_.election.lease_name, [this] { return elector_->leading(); },
        [this] { return elector_->slow_paths(); });
  }
  AddHealthPages(health_checks_, ops_router_);
  AddMetricsPages(*metrics_, ops_router_);
  AddDebugPages({.cache = cache_,
                 .mode = options_.mode,
                 .reported =
                     [this](const kube::ObjectKey& service) {
                       return controller_.reconciler().skips().SkipsOf(service);
                     },
                 .empty_since =
                     [this](const kube::ObjectKey& service) {
                       return controller_.reconciler().empty_services().Since(service);
                     },
                 .failures = controller_.loop().failing(),
                 .seen =
                     [this](const kube::ObjectKey& service) {
                       return controller_.reconciler().endpoints_step().Stored(service);
                     },
                 .limits =
                     [this](const kube::ObjectKey& service) {
                       return controller_.reconciler().endpoints_step().LimitsOf(service);
                     },
                 .synced = [this] { return synced_; },
                 .leads = [this] { return Leads(); },
                 .role = [this] { return DescribeRole(); },
                 .waiting_for = [this] { return SyncFailure(); }},
                ops_router_);
}

}  // namespace k8sm::controller
