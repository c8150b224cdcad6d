#include "controller/ops/program_metrics.h"

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

// Both of k8s.io/component-base/metrics/prometheus/slis.
constexpr const char* kHealthcheck = "kubernetes_healthcheck";
constexpr const char* kHealthchecksTotal = "kubernetes_healthchecks_total";

// A sample for each reason.
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
      endpoints_syncs_(registry_, "endpoint", "endpoints",
                       [this] { return endpoints_ == nullptr ? nullptr : &endpoints_->loop(); }),
      slices_syncs_(registry_, "endpoint_slice", "endpointslices",
                    [this] { return slices_ == nullptr ? nullptr : &slices_->loop(); }),
      slices_metrics_(registry_) {
  slices_syncs_.CountOutcomes(registry_, "endpoint_slice_controller_syncs",
                              "Syncs of services' EndpointSlices by their result.");
  metrics::AddBuildInfo(registry_);
  metrics::AddProcessMetrics(registry_);
  registry_.ReadGauge("k8sm_endpoints_skipped",
                      "Pods that are not published for a port of a service at present, by reason.", [this] {
                        return ByReason([this](SkipReason reason) {
                          return endpoints_ == nullptr ? 0 : endpoints_->skips().current(reason);
                        });
                      });
  registry_.ReadCounter("k8sm_endpoints_skips_total",
                        "How often a pod began not to be published for a port of a service, by reason.",
                        [this] {
                          return ByReason([this](SkipReason reason) {
                            return endpoints_ == nullptr ? 0 : endpoints_->skips().begun(reason);
                          });
                        });
  registry_.ReadCounter(
      "k8sm_foreign_writes_total", "How often others have rewritten what this program had written.", [this] {
        const std::uint64_t endpoints = endpoints_ == nullptr ? 0 : endpoints_->foreign_writes();
        const std::uint64_t slices = slices_ == nullptr ? 0 : slices_->foreign_writes();
        return std::vector<Sample>{{static_cast<double>(endpoints), {{"resource", "endpoints"}}},
                                   {static_cast<double>(slices), {{"resource", "endpointslices"}}}};
      });
}

void ProgramMetrics::Observe(EndpointsController& controller) {
  endpoints_ = &controller;
  controller.loop().SetObserver(&endpoints_syncs_);
}

void ProgramMetrics::Observe(SlicesController& controller) {
  slices_ = &controller;
  controller.loop().SetObserver(&slices_syncs_);
  controller.SetObserver(&slices_metrics_);
}

void ProgramMetrics::Observe(const ClusterCache& cache) {
  registry_.ReadGauge("k8sm_informer_objects", "Objects in each cache.", [&cache] {
    std::vector<Sample> samples;
    for (const CacheState& state : cache.States()) {
      samples.push_back({static_cast<double>(state.objects), {{"resource", std::string(state.resource)}}});
    }
    return samples;
  });
  registry_.ReadGauge(
      "k8sm_watch_last_event_age_seconds",
      "Seconds since the API server last told anything of a resource; before that, since the start.",
      [&cache, start = steady_clock::now()] {
        std::vector<Sample> samples;
        for (const CacheState& state : cache.States()) {
          samples.push_back(
              {SecondsSince(state.last_heard.value_or(start)), {{"resource", std::string(state.resource)}}});
        }
        return samples;
      });
}

void ProgramMetrics::Observe(const HealthChecks& checks) {
  registry_.ReadGauge(
      kHealthcheck, "Whether a health check was well when it was last asked: 1, else 0.", [&checks] {
        std::vector<Sample> samples;
        for (const HealthRecord& record : checks.Records()) {
          if (record.successes + record.errors == 0) continue;
          samples.push_back({record.well ? 1.0 : 0.0,
                             {{"name", record.name}, {"type", std::string(ToString(record.endpoint))}}});
        }
        return samples;
      });
  registry_.ReadCounter(kHealthchecksTotal, "How often each health check was asked, by its answer.",
                        [&checks] {
                          std::vector<Sample> samples;
                          for (const HealthRecord& record : checks.Records()) {
                            const auto add = [&](std::uint64_t count, const char* status) {
                              samples.push_back({static_cast<double>(count),
                                                 {{"name", record.name},
                                                  {"type", std::string(ToString(record.endpoint))},
                                                  {"status", status}}});
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

void AddMetricsPages(const ProgramMetrics& metrics, http_server::Router& router) {
  router.AddPaced("/metrics", "GET",
                  [&metrics](const PageRequest&) { return MakePage(metrics.registry().Text()); });
  router.Add("/metrics/slis", "GET", [&metrics](const PageRequest&) {
    return MakePage(metrics.registry().TextOf({kHealthcheck, kHealthchecksTotal}));
  });
}

}  // namespace k8sm::controller
