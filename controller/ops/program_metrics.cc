#include "controller/ops/program_metrics.h"

#include "lib/endpoints/pod_counts.h"
#include "lib/endpoints/skip.h"
#include "lib/metrics/build_info.h"
#include "lib/metrics/process_metrics.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::SkipReason;
using http_server::Page;
using http_server::PageRequest;
using metrics::Registry;
using metrics::Sample;
using std::chrono::steady_clock;

// Names of k8s.io/component-base/metrics/prometheus/slis.
constexpr const char* kHealthcheck = "kubernetes_healthcheck";
constexpr const char* kHealthchecksTotal = "kubernetes_healthchecks_total";

// Returns one sample per skip reason.
template <class Value>
std::vector<Sample> ByReason(Value value) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < endpoints::kSkipReasons; ++i) {
    const auto reason = static_cast<SkipReason>(i);
    samples.push_back({static_cast<double>(value(reason)), {{"reason", std::string(ToString(reason))}}});
  }
  return samples;
}

double SecondsSince(steady_clock::time_point time) {
  return std::chrono::duration<double>(steady_clock::now() - time).count();
}

Page MakePage(std::string body) {
  return {.content_type = Registry::kContentType, .body = std::move(body)};
}

}  // namespace

ProgramMetrics::ProgramMetrics(std::string host)
    : requests_(registry_, std::move(host)),
      syncs_(registry_, "endpoint",
             [this] { return controller_ == nullptr ? nullptr : &controller_->loop(); }),
      slices_metrics_(registry_),
      programming_(registry_) {
  metrics::AddBuildInfo(registry_);
  metrics::AddProcessMetrics(registry_);
  registry_.ReadGauge("k8sm_endpoints_skipped",
                      "Pods that are not published for a port of a service at present, by reason.", [this] {
                        return ByReason([this](SkipReason reason) {
                          return controller_ == nullptr ? 0
                                                        : controller_->reconciler().skips().current(reason);
                        });
                      });
  registry_.ReadCounter(
      "k8sm_endpoints_skips_total",
      "How often a pod began not to be published for a port of a service, by reason.", [this] {
        return ByReason([this](SkipReason reason) {
          return controller_ == nullptr ? 0 : controller_->reconciler().skips().begun(reason);
        });
      });
  registry_.ReadGauge(
      "k8sm_services_without_endpoints",
      "Services that select pods and have no ready address at present, by reason.", [this] {
        std::vector<Sample> samples;
        for (std::size_t i = 0; i < endpoints::kEmptyReasons; ++i) {
          const auto reason = static_cast<endpoints::EmptyReason>(i);
          const std::size_t count =
              controller_ == nullptr ? 0 : controller_->reconciler().empty_services().current(reason);
          samples.push_back({static_cast<double>(count), {{"reason", std::string(ToString(reason))}}});
        }
        return samples;
      });
  registry_.ReadGauge(
      "k8sm_services_failing",
      "Services whose last sync has failed, e.g. because the API server refuses a write.", [this] {
        const std::size_t count = controller_ == nullptr ? 0 : controller_->loop().failing().size();
        return std::vector<Sample>{{static_cast<double>(count), {}}};
      });
  registry_.ReadGauge(
      "k8sm_pods_on_missing_nodes",
      "Pods that are published though their node does not exist. With EndpointSlices 0: there they "
      "are skipped, as node_not_found.",
      [this] {
        const std::size_t count =
            controller_ == nullptr ? 0 : controller_->reconciler().missing_nodes().pods();
        return std::vector<Sample>{{static_cast<double>(count), {}}};
      });
  registry_.ReadCounter(
      "k8sm_foreign_writes_total", "How often others have rewritten what this program had written.", [this] {
        const auto sample = [](const WriteGate* gate, const char* resource) {
          return Sample{gate == nullptr ? 0 : static_cast<double>(gate->rewrites()),
                        {{"resource", resource}}};
        };
        const Reconciler* now = controller_ == nullptr ? nullptr : &controller_->reconciler();
        return std::vector<Sample>{
            sample(now == nullptr ? nullptr : &now->endpoints_step().gate(), "endpoints"),
            sample(now == nullptr ? nullptr : &now->slices_step().gate(), "endpointslices")};
      });
}

void ProgramMetrics::Observe(EndpointController& controller, bool dry_run) {
  controller_ = &controller;
  controller.loop().SetObserver(&syncs_);
  SliceHooks hooks{.on_planned = [this](const kube::ObjectKey& key, const kube::Service* service,
                                        const endpoints::SliceCounts& counts, std::size_t changes) {
    slices_metrics_.OnPlanned(key, service, counts, changes);
  }};
  if (!dry_run) hooks.on_written = [this](SliceOperation operation) { slices_metrics_.OnWritten(operation); };
  controller.reconciler().slices_step().SetHooks(std::move(hooks));
  if (dry_run) return;
  // As in kube-proxy, changes before this process took over do not count: it did not delay them.
  controller.reconciler().SetPublishedHook([this](endpoints::Published kind, kube::Timestamp trigger) {
    const auto since = controller_->following_since();
    if (since && trigger >= *since) programming_.OnPublished(kind, trigger, std::chrono::system_clock::now());
  });
}

void ProgramMetrics::Observe(const ClusterCache& cache) {
  registry_.ReadGauge("k8sm_informer_objects", "Objects in each cache.", [&cache] {
    std::vector<Sample> samples;
    for (const CacheState& state : cache.States()) {
      samples.push_back({static_cast<double>(state.objects), {{"resource", std::string(state.resource)}}});
    }
    return samples;
  });
  registry_.ReadGauge("k8sm_watch_last_event_age_seconds",
                      "Seconds since data about a resource was last received from the API server; before "
                      "that, since the start.",
                      [&cache, start = steady_clock::now()] {
                        std::vector<Sample> samples;
                        for (const CacheState& state : cache.States()) {
                          samples.push_back({SecondsSince(state.last_heard.value_or(start)),
                                             {{"resource", std::string(state.resource)}}});
                        }
                        return samples;
                      });
}

void ProgramMetrics::Observe(const HealthChecks& checks) {
  registry_.ReadGauge(kHealthcheck, "Whether a health check passed when it last ran: 1, else 0.", [&checks] {
    std::vector<Sample> samples;
    for (const HealthRecord& record : checks.Records()) {
      if (record.successes + record.errors == 0) continue;
      samples.push_back({record.well ? 1.0 : 0.0,
                         {{"name", record.name}, {"type", std::string(ToString(record.endpoint))}}});
    }
    return samples;
  });
  registry_.ReadCounter(kHealthchecksTotal, "How often each health check ran, by its result.", [&checks] {
    std::vector<Sample> samples;
    for (const HealthRecord& record : checks.Records()) {
      const auto add = [&](std::uint64_t count, const char* status) {
        samples.push_back(
            {static_cast<double>(count),
             {{"name", record.name}, {"type", std::string(ToString(record.endpoint))}, {"status", status}}});
      };
      add(record.successes, "success");
      add(record.errors, "error");
    }
    return samples;
  });
}

void ProgramMetrics::ObserveElection(const std::string& lease, std::function<bool()> leading,
                                     std::function<std::uint64_t()> slow_paths) {
  const metrics::Labels labels{{"name", lease}};
  registry_.ReadGauge("leader_election_master_status", "Whether this process leads: 1, else 0.",
                      [labels, leading = std::move(leading)] {
                        return std::vector<Sample>{{leading() ? 1.0 : 0.0, labels}};
                      });
  registry_.ReadCounter("leader_election_slowpath_total",
                        "Renewals of the lease that had to read it first, by the lease's name.",
                        [labels, slow_paths = std::move(slow_paths)] {
                          return std::vector<Sample>{{static_cast<double>(slow_paths()), labels}};
                        });
}

void ProgramMetrics::ObserveMode(endpoints::AddressMode mode, const std::string& lease) {
  metrics::Labels labels{{"mode", std::string(ToString(mode))}};
  if (!lease.empty()) labels.emplace("name", lease);
  registry_.ReadGauge(
      "k8sm_mode",
      "1 for the mode of this process, which is the same for all replicas, with the lease's name.", [labels] {
        return std::vector<Sample>{{1, labels}};
      });
}

void ProgramMetrics::ObserveEvents(std::function<events::RecorderMachine::Stats()> stats) {
  registry_.ReadCounter(
      "k8sm_events_total",
      "Kubernetes events of syncs by result. Dropped: the queue of 1,000 was full. "
      "Filtered: repeated too often. Moot: too late, since the namespace or the lease is gone.",
      [stats = std::move(stats)] {
        const auto now = stats();
        const auto sample = [](std::uint64_t count, const char* result) {
          return Sample{static_cast<double>(count), {{"result", result}}};
        };
        return std::vector<Sample>{sample(now.written, "written"), sample(now.filtered, "filtered"),
                                   sample(now.refused, "refused"), sample(now.given_up, "given_up"),
                                   sample(now.dropped, "dropped"), sample(now.moot, "moot")};
      });
}

void AddMetricsPages(const ProgramMetrics& metrics, http_server::Router& router) {
  router.AddPaced("/metrics", "GET",
                  [&metrics](const PageRequest&) { return MakePage(metrics.registry().Text()); });
  router.Add("/metrics/slis", "GET", [&metrics](const PageRequest&) {
    return MakePage(metrics.registry().TextOf({kHealthcheck, kHealthchecksTotal}));
  });
}

}  // namespace k8sm::controller
