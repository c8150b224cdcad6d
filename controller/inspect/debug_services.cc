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

std::string ReasonOf(const PodCounts& counts) {
  return counts.ready > 0 ? "" : std::string(ToString(WhyEmpty(counts)));
}

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
  if (!Wanted(counts)) return cost;
  Row row{.service = key, .counts = counts, .sentence = Describe(counts), .since = since_(key)};
  if (counts.all() == 0) {
    const auto miss = informer::FindNearMiss(cache_.pods_by_label(), key.ns, service->selector);
    row.sentence = informer::DescribeNoPods(service->selector, miss);
    cost += kNearMissCost;
  }
  if (counts.ready > 0) row.since.reset();
  rows_.Add(row, out);
  return cost;
}

bool ServicesSteps::Wanted(const PodCounts& counts) const {
  if (filter_.reason) return counts.ready == 0 && WhyEmpty(counts) == *filter_.reason;
  return filter_.all || counts.ready == 0;
}

std::string ServicesSteps::ToJson(const Row& each) {
  const std::string reason = ReasonOf(each.counts);
  return JsonObject()
      .Text("namespace", each.service.ns.get())
      .Text("name", each.service.name.get())
      .Raw("pods", std::to_string(each.counts.all()))
      .Raw("ready", std::to_string(each.counts.ready))
      .Raw("not_ready", std::to_string(each.counts.not_ready))
      .Raw("skipped", std::to_string(each.counts.skipped))
      .Raw("ended", std::to_string(each.counts.ended))
      .Raw("reason", reason.empty() ? "null" : Quoted(reason))
      .Text("sentence", each.sentence)
      .Raw("since", each.since ? Quoted(kube::FormatTimestamp(TimeOfDay(*each.since))) : "null")
      .Done();
}

TableRow ServicesSteps::ToCells(const Row& each) {
  return {each.since ? kube::FormatTimestamp(TimeOfDay(*each.since)) : "",
          ToString(each.service),
          std::to_string(each.counts.ready),
          std::to_string(each.counts.all()),
          ReasonOf(each.counts),
          Printable(each.sentence, 2'000)};
}

}  // namespace k8sm::controller
