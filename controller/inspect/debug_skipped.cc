#include "controller/inspect/debug_skipped.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_head.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/pod_rows.h"
#include "lib/base/printable.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Service;

// Looks up since when each skip of a service has lasted.
class SinceTable {
 public:
  // The skips of a pod are adjacent, so the index of the first is enough.
  explicit SinceTable(std::span<const CurrentSkip> reported) : reported_(reported) {
    first_of_.reserve(reported.size());
    for (std::size_t i = 0; i < reported.size(); ++i) first_of_.emplace(reported[i].skip.pod_uid, i);
  }

  std::optional<kube::Timestamp> Find(const endpoints::Skip& skip) const {
    const auto first = first_of_.find(skip.pod_uid);
    if (first == first_of_.end()) return std::nullopt;
    for (std::size_t i = first->second; i < reported_.size() && reported_[i].skip.pod_uid == skip.pod_uid;
         ++i) {
      const CurrentSkip& each = reported_[i];
      if (each.skip.service_port == skip.service_port && each.skip.reason == skip.reason)
        return TimeOfDay(each.since);
    }
    return std::nullopt;
  }

 private:
  std::span<const CurrentSkip> reported_;
  std::unordered_map<kube::Uid, std::size_t, kube::UidHash> first_of_;
};

}  // namespace

SkippedSteps::SkippedSteps(const ClusterCache& cache, endpoints::AddressMode mode,
                           const ReportedSkips& reported, const std::optional<std::string>& standby,
                           PageFormat format)
    : cache_(cache),
      mode_(mode),
      reported_(reported),
      services_(ServicesByName(cache)),
      rows_(format, {.head = HeadOf(cache, standby, "since when each skip has lasted"),
                     .key = "skipped",
                     .json = &ToJson,
                     .header = {"SINCE", "POD", "SERVICE", "PORT", "REASON", "WHAT TO CHANGE"},
                     .cells = &ToCells,
                     .none = "no pod is skipped\n"}) {}

bool SkippedSteps::Next(std::string& out) {
  const std::size_t enough = out.size() + kBytesPerStep;
  for (std::size_t done = 0; done < kRowsPerStep && out.size() < enough;) {
    if (next_planned_ < planned_.size()) {
      rows_.Add(planned_[next_planned_++], out);
      ++done;
    } else if (next_service_ < services_.size()) {
      done += PlanNext();
    } else {
      rows_.End(out);
      return false;
    }
  }
  return true;
}

std::size_t SkippedSteps::PlanNext() {
  const kube::ObjectKey& key = services_[next_service_++];
  planned_.clear();
  next_planned_ = 0;
  const Service* service = cache_.services().Find(key);
  if (service == nullptr || !service->SelectsPods()) return 1;
  const endpoints::Verdicts verdicts = JudgeFromCaches(*service, cache_, mode_);
  SinceTable since(reported_(key));
  std::vector<endpoints::Skip> skips = endpoints::SkipsOf(verdicts);
  planned_.reserve(skips.size());
  for (endpoints::Skip& skip : skips) {
    const auto begin = since.Find(skip);
    planned_.push_back({key, std::move(skip), begin});
  }
  return std::max<std::size_t>(verdicts.pods.size() * verdicts.ports.size(), 1);
}

std::string SkippedSteps::ToJson(const SkippedPod& each) {
  return JsonObject()
      .Text("namespace", each.skip.pod.ns.get())
      .Text("pod", each.skip.pod.name.get())
      .Text("service", each.service.name.get())
      .Text("port", each.skip.service_port)
      .Text("reason", ToString(each.skip.reason))
      .Text("sentence", each.skip.sentence)
      .Raw("since", each.since ? Quoted(kube::FormatTimestamp(*each.since)) : "null")
      .Done();
}

TableRow SkippedSteps::ToCells(const SkippedPod& each) {
  return {each.since ? kube::FormatTimestamp(*each.since) : "",
          ToString(each.skip.pod),
          ToString(each.service),
          each.skip.service_port,
          std::string(ToString(each.skip.reason)),
          each.skip.sentence};
}

}  // namespace k8sm::controller
