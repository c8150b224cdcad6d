#include "controller/port_space/port_log.h"

#include "lib/endpoints/endpoints_plan.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

using Level = LogLine::Level;

kube::Event EventFor(const PortFinding& finding, const PendingPod& pod) {
  kube::Event event;
  event.involved = {
      .api_version = "v1", .kind = "Pod", .ns = pod.key.ns, .name = pod.key.name, .uid = pod.uid};
  event.type = kube::EventType::kWarning;
  event.reason = finding.event_reason;
  event.message = finding.event_text;
  event.component = endpoints::kManager;
  return event;
}

// Whether the finding has ended if it is not found.
bool CanEnd(const PortFinding& finding, PortLog::Knowledge knowledge) {
  return (knowledge.agents || !finding.needs_agents) && (knowledge.nodes || !finding.needs_nodes);
}

}  // namespace

PortNews PortLog::Update(const std::vector<PortFinding>& findings, Knowledge knowledge, std::uint64_t poll,
                         TimePoint now, const StillThere& still_there) {
  PortNews news;
  std::erase_if(events_, [&](const auto& event) { return now - event.second >= kEventPause; });
  for (auto& [key, known] : known_) known.found = false;
  for (const PortFinding& finding : findings) {
    const auto [at, is_new] = known_.try_emplace(finding.key);
    Known& known = at->second;
    if (is_new) {
      known.since = now;
      known.first_poll = poll;
    }
    known.finding = finding;
    known.found = true;
    Begin(known, poll, now, news);
  }
  for (auto at = known_.begin(); at != known_.end();) {
    const Known& known = at->second;
    if (known.found || !CanEnd(known.finding, knowledge)) {
      ++at;
      continue;
    }
    End(known, now, still_there, news);
    at = known_.erase(at);
  }
  SumUp(now, news);
  return news;
}

void PortLog::Begin(Known& known, std::uint64_t poll, TimePoint now, PortNews& news) {
  const PortFinding& finding = known.finding;
  if (!known.told) {
    if (now - known.since < finding.patience) return;
    if (finding.needs_two_polls && poll == known.first_poll) return;
    known.told = true;
    if (const auto more = begun_.Take(now)) news.lines.push_back({Level::kWarning, finding.text + *more});
  }
  AddEvents(finding, now, news);
}

void PortLog::AddEvents(const PortFinding& finding, TimePoint now, PortNews& news) {
  if (finding.event_reason.empty()) return;
  for (const PendingPod& pod : finding.pods) {
    if (events_.emplace(std::pair(pod.uid.Text(), finding.event_reason), now).second)
      news.events.push_back(EventFor(finding, pod));
  }
}

void PortLog::End(const Known& known, TimePoint now, const StillThere& still_there, PortNews& news) {
  if (!known.told) return;
  const auto& pods = known.finding.pods;
  const bool worth_it = pods.empty() || std::ranges::any_of(pods, [&](const PendingPod& pod) {
                          return still_there(pod.key, pod.uid);
                        });
  if (!worth_it) return;
  if (const auto more = over_.Take(now)) news.lines.push_back({Level::kInfo, known.finding.over + *more});
}

void PortLog::SumUp(TimePoint now, PortNews& news) {
  if (const auto more = begun_.Summary(now))
    news.lines.push_back({Level::kWarning, "more is wrong with host ports; see /debug/ports" + *more});
  if (const auto more = over_.Summary(now))
    news.lines.push_back({Level::kInfo, "more is well again with host ports" + *more});
}

}  // namespace k8sm::controller
