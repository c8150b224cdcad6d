#include "controller/inspect/debug_skipped.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/text_table.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/kube_json/quote.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Service;

std::vector<kube::ObjectKey> ServicesByName(const ClusterCache& cache) {
  std::vector<kube::ObjectKey> services;
  cache.services().ForEach([&](const Service& service) {
    if (service.SelectsPods()) services.push_back(service.meta.Key());
  });
  std::ranges::sort(services, [](const auto& a, const auto& b) { return a < b; });
  return services;
}

}  // namespace

SkippedSteps::SkippedSteps(const ClusterCache& cache, endpoints::AddressMode mode, const SinceLookup& since,
                           PageFormat format)
    : cache_(cache), mode_(mode), since_(since), format_(format), services_(ServicesByName(cache)) {}

bool SkippedSteps::Next(std::string& out) {
  if (writing_) return writing_->Next(out);
  if (!Collect()) BeginWriting();
  return true;
}

// Returns whether there is more to collect.
bool SkippedSteps::Collect() {
  for (std::size_t done = 0; done < kRowsPerStep;) {
    if (next_planned_ < planned_.size()) {
      done += TakePlanned(kRowsPerStep - done);
    } else if (next_service_ < services_.size()) {
      done += PlanNext();
    } else {
      return false;
    }
  }
  return true;
}

// Plans one service. Gives the number of pods that it took, at least one.
std::size_t SkippedSteps::PlanNext() {
  const kube::ObjectKey& key = services_[next_service_++];
  planned_.clear();
  next_planned_ = 0;
  const Service* service = cache_.services().Find(key);
  if (service == nullptr || !service->SelectsPods()) return 1;
  const auto pods = cache_.pods_by_label().Select(key.ns, service->selector);
  planned_ = endpoints::PlanEndpoints(*service, pods, mode_).skips;
  return std::max<std::size_t>(pods.size(), 1);
}

// Gives the number of skips that it took.
std::size_t SkippedSteps::TakePlanned(std::size_t most) {
  const kube::ObjectKey& key = services_[next_service_ - 1];
  const std::size_t end = std::min(planned_.size(), next_planned_ + most);
  const std::size_t taken = end - next_planned_;
  for (; next_planned_ < end; ++next_planned_) {
    endpoints::Skip& skip = planned_[next_planned_];
    auto since = since_(key, skip);
    skipped_->push_back({key, std::move(skip), since});
  }
  return taken;
}

void SkippedSteps::BeginWriting() {
  auto parts = std::make_unique<PageParts>();
  if (format_ == PageFormat::kJson) {
    parts->Add("{\"skipped\":");
    parts->Add(JsonArray(skipped_->size(), [skipped = skipped_](std::size_t index) {
      const SkippedPod& each = (*skipped)[index];
      return JsonObject()
          .Text("namespace", each.skip.pod.ns.get())
          .Text("pod", each.skip.pod.name.get())
          .Text("service", each.service.name.get())
          .Text("port", each.skip.service_port)
          .Text("reason", ToString(each.skip.reason))
          .Text("sentence", each.skip.sentence)
          .Raw("since", each.since ? kube_json::Quote(kube::FormatTimestamp(*each.since)) : "null")
          .Done();
    }));
    parts->Add("}\n");
  } else if (skipped_->empty()) {
    parts->Add("no pod is skipped\n");
  } else {
    parts->Add(TextTable({"SINCE", "POD", "SERVICE", "PORT", "REASON", "WHAT TO CHANGE"}, skipped_->size(),
                         [skipped = skipped_](std::size_t index) -> TableRow {
                           const SkippedPod& each = (*skipped)[index];
                           return {each.since ? kube::FormatTimestamp(*each.since) : "",
                                   ToString(each.skip.pod),
                                   ToString(each.service),
                                   each.skip.service_port,
                                   std::string(ToString(each.skip.reason)),
                                   each.skip.sentence};
                         }));
  }
  writing_ = std::move(parts);
}

}  // namespace k8sm::controller
