#include "controller/inspect/debug_services.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/pod_rows.h"
#include "controller/inspect/text_table.h"
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
      format_(format),
      services_(ServicesByName(cache, filter_.ns)) {}

bool ServicesSteps::Next(std::string& out) {
  if (writing_) return writing_->Next(out);
  std::size_t done = 0;
  while (done < kRowsPerStep && next_service_ < services_.size()) done += PlanNext();
  if (next_service_ == services_.size()) BeginWriting();
  return true;
}

std::size_t ServicesSteps::PlanNext() {
  const kube::ObjectKey& key = services_[next_service_++];
  const kube::Service* service = cache_.services().Find(key);
  if (service == nullptr || !service->SelectsPods()) return 1;
  const endpoints::Verdicts verdicts = JudgeFromCaches(*service, cache_, mode_);
  const PodCounts counts = CountPods(verdicts);
  std::size_t cost = std::max<std::size_t>(verdicts.pods.size() * verdicts.ports.size(), 1);
  if (counts.ready > 0) {
    if (filter_.all) rows_->push_back({.service = key, .counts = counts, .sentence = Describe(counts)});
    return cost;
  }
  Row row{.service = key, .counts = counts, .sentence = Describe(counts), .since = since_(key)};
  bool mistyped = false;
  if (counts.all() == 0) {
    const auto miss = informer::FindNearMiss(cache_.pods_by_label(), cache_.services_by_selector(), key.ns,
                                             service->selector);
    row.sentence = informer::DescribeNoPods(service->selector, miss);
    mistyped = miss && miss->typo && !miss->claimed;
    cost += kNearMissCost;
  }
  row.reason = WhyEmpty(counts, mistyped);
  if (!filter_.reason || row.reason == filter_.reason) rows_->push_back(std::move(row));
  return cost;
}

void ServicesSteps::BeginWriting() {
  auto parts = std::make_unique<PageParts>();
  if (format_ == PageFormat::kJson) {
    parts->Add("{\"services\":");
    parts->Add(JsonArray(rows_->size(), [rows = rows_](std::size_t index) {
      const Row& each = (*rows)[index];
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
    }));
    parts->Add("}\n");
  } else if (rows_->empty()) {
    parts->Add(filter_.all ? "no service selects pods\n" : "no service is without endpoints\n");
  } else {
    parts->Add(TextTable({"SINCE", "SERVICE", "READY", "PODS", "REASON", "WHY"}, rows_->size(),
                         [rows = rows_](std::size_t index) -> TableRow {
                           const Row& each = (*rows)[index];
                           return {each.since ? kube::FormatTimestamp(TimeOfDay(*each.since)) : "",
                                   ToString(each.service),
                                   std::to_string(each.counts.ready),
                                   std::to_string(each.counts.all()),
                                   each.reason ? std::string(ToString(*each.reason)) : "",
                                   Printable(each.sentence, 2'000)};
                         }));
  }
  writing_ = std::move(parts);
}

}  // namespace k8sm::controller
