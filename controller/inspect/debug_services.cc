#include "controller/inspect/debug_services.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/pod_rows.h"
#include "lib/base/printable.h"
#include "lib/informer/near_miss.h"
#include "lib/kube/timestamp.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::PodCounts;

// What a near miss counts for in a step.
constexpr std::size_t kNearMissCost = kRowsPerStep / 5;

}  // namespace

ServicesSteps::ServicesSteps(const ClusterCache& cache, endpoints::AddressMode mode, const EmptySince& since,
                             ServicesFilter filter, PageFormat format)
    : cache_(cache),
      mode_(mode),
      since_(since),
      filter_(std::move(filter)),
      services_(ServicesByName(cache, filter_.ns)),
      rows_(format,
            {.key = "services",
             .json = &ToJson,
             .header = {"SINCE", "SERVICE", "READY", "PODS", "REASON", "WHY"},
             .cells = &ToCells,
             .none = filter_.all ? "no service selects pods\n" : "no service is without endpoints\n"}) {}

bool ServicesSteps::Next(std::string& out) {
  const std::size_t enough = out.size() + kBytesPerStep;
  for (std::size_t done = 0; next_service_ < services_.size(); done += PlanNext(out)) {
    if (done >= kRowsPerStep || out.size() >= enough) return true;
  }
  rows_.End(out);
  return false;
}

std::size_t ServicesSteps::PlanNext(std::string& out) {
  const kube::ObjectKey& key = services_[next_service_++];
  const kube::Service* service = cache_.services().Find(key);
  if (service == nullptr || !service->SelectsPods()) return 1;
  const endpoints::Verdicts verdicts = JudgeFromCaches(*service, cache_, mode_);
  const PodCounts counts = CountPods(verdicts);
  std::size_t cost = std::max<std::size_t>(verdicts.pods.size() * verdicts.ports.size(), 1);
  if (counts.ready > 0) {
    const bool wanted = filter_.all && !filter_.reason;
    if (wanted) rows_.Add({.service = key, .counts = counts, .sentence = Describe(counts)}, out);
    return cost;
  }
  Row row{.service = key, .counts = counts, .sentence = Describe(counts), .since = since_(key)};
  bool mistyped = false;
  if (counts.all() == 0) {
    const auto miss = informer::FindNearMiss(cache_.pods_by_label(), cache_.services_by_selector(), key.ns,
                                             service->selector);
    row.sentence = informer::DescribeNoPods(service->selector, miss);
    mistyped = miss && miss->mistyped();
    cost += kNearMissCost;
  }
  row.reason = WhyEmpty(counts, mistyped);
  if (!filter_.reason || row.reason == filter_.reason) rows_.Add(row, out);
  return cost;
}

std::string ServicesSteps::ToJson(const Row& each) {
  return JsonObject()
      .Text("namespace", each.service.ns.get())
      .Text("name", each.service.name.get())
      .Raw("pods", std::to_string(each.counts.all()))
      .Raw("ready", std::to_string(each.counts.ready))
      .Raw("not_ready", std::to_string(each.counts.not_ready))
      .Raw("skipped", std::to_string(each.counts.skipped))
      .Raw("ended", std::to_string(each.counts.ended))
      .Raw("reason", each.reason ? Quoted(ToString(*each.reason)) : "null")
      .Text("sentence", each.sentence)
      .Raw("since", each.since ? Quoted(kube::FormatTimestamp(TimeOfDay(*each.since))) : "null")
      .Done();
}

TableRow ServicesSteps::ToCells(const Row& each) {
  return {each.since ? kube::FormatTimestamp(TimeOfDay(*each.since)) : "",
          ToString(each.service),
          std::to_string(each.counts.ready),
          std::to_string(each.counts.all()),
          each.reason ? std::string(ToString(*each.reason)) : "",
          Printable(each.sentence, 2'000)};
}

}  // namespace k8sm::controller
