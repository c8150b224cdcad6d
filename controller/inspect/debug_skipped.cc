#include "controller/inspect/debug_skipped.h"

#include "controller/inspect/text_table.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/kube_json/quote.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Service;
using kube_json::Quote;

std::vector<const Service*> ServicesByName(const ClusterCache& cache) {
  std::vector<const Service*> services;
  cache.services().ForEach([&](const Service& service) {
    if (service.SelectsPods()) services.push_back(&service);
  });
  std::ranges::sort(services,
                    [](const Service* a, const Service* b) { return a->meta.Key() < b->meta.Key(); });
  return services;
}

std::string JsonOf(const SkippedPod& each) {
  return "{\"namespace\":" + Quote(each.skip.pod.ns.get()) + ",\"pod\":" + Quote(each.skip.pod.name.get()) +
         ",\"service\":" + Quote(each.service.name.get()) + ",\"port\":" + Quote(each.skip.service_port) +
         ",\"reason\":" + Quote(ToString(each.skip.reason)) + ",\"sentence\":" + Quote(each.skip.sentence) +
         ",\"since\":" + (each.since ? Quote(kube::FormatTimestamp(*each.since)) : "null") + "}";
}

}  // namespace

std::vector<SkippedPod> FindSkipped(const ClusterCache& cache, endpoints::AddressMode mode,
                                    const SinceLookup& since) {
  std::vector<SkippedPod> skipped;
  for (const Service* service : ServicesByName(cache)) {
    const kube::ObjectKey key = service->meta.Key();
    const auto pods = cache.pods_by_label().Select(key.ns, service->selector);
    for (endpoints::Skip& skip : endpoints::PlanEndpoints(*service, pods, mode).skips) {
      auto time = since(key, skip);
      skipped.push_back({key, std::move(skip), time});
    }
  }
  return skipped;
}

std::string SkippedTable(const std::vector<SkippedPod>& skipped) {
  if (skipped.empty()) return "no pod is skipped\n";
  std::vector<TableRow> rows = {{"SINCE", "POD", "SERVICE", "PORT", "REASON", "WHAT TO CHANGE"}};
  for (const SkippedPod& each : skipped) {
    rows.push_back({each.since ? kube::FormatTimestamp(*each.since) : "", ToString(each.skip.pod),
                    ToString(each.service), each.skip.service_port, std::string(ToString(each.skip.reason)),
                    each.skip.sentence});
  }
  return TextTable(rows);
}

std::string SkippedJson(const std::vector<SkippedPod>& skipped) {
  std::string json = "{\"skipped\":[";
  for (const SkippedPod& each : skipped)
    json.append(&each == &skipped.front() ? "" : ",").append(JsonOf(each));
  return json + "]}\n";
}

}  // namespace k8sm::controller
