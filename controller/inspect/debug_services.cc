#include "controller/inspect/debug_services.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_head.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/pod_rows.h"
#include "lib/base/printable.h"
#include "lib/informer/near_miss.h"
#include "lib/kube/timestamp.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;

// What a near miss counts for in a step.
constexpr std::size_t kNearMissCost = kRowsPerStep / 5;

// Adds the services that fail and do not select pods, or are gone: leftovers of theirs cannot be deleted.
void AddFailing(const SyncFailures& failures, const ServicesFilter& filter,
                std::vector<ObjectKey>& services) {
  const auto listed = static_cast<std::ptrdiff_t>(services.size());
  failures.ForEach([&](const ObjectKey& service) {
    const bool is_listed = std::binary_search(services.begin(), services.begin() + listed, service);
    if (!is_listed && (!filter.ns || service.ns == *filter.ns)) services.push_back(service);
  });
  std::ranges::sort(services, [](const auto& a, const auto& b) { return a < b; });
}

// What the page says if it lists nothing.
const char* NoneOf(const ServicesFilter& filter, bool is_standby) {
  if (filter.ns || filter.reason || filter.failing) return "no service matches\n";
  if (filter.all) return "no service selects pods\n";
  return is_standby ? "no service is without endpoints\n"
                    : "no service is without endpoints, and no sync fails\n";
}

}  // namespace

ServicesSteps::ServicesSteps(const Sources& sources, ServicesFilter filter, PageFormat format)
    : sources_(sources),
      filter_(std::move(filter)),
      services_(ServicesByName(sources.cache, filter_.ns)),
      rows_(format, {.head = HeadOf(sources.cache, sources.standby, "which syncs fail, and since when"),
                     .key = "services",
                     .json = &ToJson,
                     .header = {"SINCE", "SERVICE", "READY", "PODS", "REASON", "WHY"},
                     .cells = &ToCells,
                     .none = NoneOf(filter_, sources.standby.has_value())}) {
  AddFailing(sources.failures, filter_, services_);
}

bool ServicesSteps::Next(std::string& out) {
  const std::size_t enough = out.size() + kBytesPerStep;
  for (std::size_t done = 0; next_service_ < services_.size(); done += PlanNext(out)) {
    if (done >= kRowsPerStep || out.size() >= enough) return true;
  }
  rows_.End(out);
  return false;
}

std::size_t ServicesSteps::PlanNext(std::string& out) {
  Row row{.service = services_[next_service_++]};
  if (const SyncFailure* failure = sources_.failures.Find(row.service)) row.failure = *failure;
  const kube::Service* service = sources_.cache.services().Find(row.service);
  const bool selects_pods = service != nullptr && service->SelectsPods();
  const std::size_t cost = selects_pods ? Plan(*service, row) : 1;
  if (IsWanted(row) && (selects_pods || row.failure)) rows_.Add(row, out);
  return cost;
}

std::size_t ServicesSteps::Plan(const kube::Service& service, Row& row) const {
  const endpoints::Verdicts verdicts = JudgeFromCaches(service, sources_.cache, sources_.mode);
  row.counts = CountPods(verdicts);
  row.sentence = Describe(row.counts);
  std::size_t cost = std::max<std::size_t>(verdicts.pods.size() * verdicts.ports.size(), 1);
  if (row.counts.ready > 0) return cost;
  row.since = sources_.since(row.service);
  bool mistyped = false;
  if (row.counts.all() == 0) {
    const auto miss =
        informer::FindNearMiss(sources_.cache.pods_by_label(), sources_.cache.services_by_selector(),
                               row.service.ns, service.selector);
    row.sentence = informer::DescribeNoPods(service.selector, miss);
    mistyped = miss && miss->mistyped();
    cost += kNearMissCost;
  }
  row.reason = WhyEmpty(row.counts, mistyped);
  return cost;
}

bool ServicesSteps::IsWanted(const Row& row) const {
  if (filter_.failing) return row.failure.has_value();
  if (filter_.reason) return row.reason == filter_.reason;
  return row.reason || row.failure || filter_.all;
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
      .Raw("failure", each.failure ? FailureJson(*each.failure) : "null")
      .Done();
}

// Of a service that has no endpoints and cannot be synced, the latter comes first: endpoints may be planned
// and not written.
TableRow ServicesSteps::ToCells(const Row& each) {
  const auto since = each.failure ? std::optional(each.failure->since) : each.since;
  const std::string reason = each.reason ? std::string(ToString(*each.reason)) : "";
  std::string why = Printable(each.sentence, kSentenceBytes);
  if (each.failure) {
    why = Printable(each.failure->error, kSentenceBytes) + (why.empty() ? "" : "; ") + why;
  }
  return {since ? kube::FormatTimestamp(TimeOfDay(*since)) : "",
          ToString(each.service),
          std::to_string(each.counts.ready),
          std::to_string(each.counts.all()),
          each.failure ? std::string(kSyncFailed) + (reason.empty() ? "" : ", ") + reason : reason,
          why};
}

}  // namespace k8sm::controller
