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

bool AnyPodIs(PortLog::PodState state, const PortFinding& finding, const PortLog::Subjects& subjects) {
  return std::ranges::any_of(
      finding.pods, [&](const PendingPod& pod) { return subjects.pod_state(pod.key, pod.uid) == state; });
}

bool IsCut(FindingKind kind, const PortReport::Cut& cut) {
  switch (kind) {
    case FindingKind::kPending:
      return cut.pending;
    case FindingKind::kClash:
      return cut.clashes;
    case FindingKind::kUnaccounted:
      return cut.unaccounted;
    case FindingKind::kLow:
      return cut.low;
    case FindingKind::kRole:
    case FindingKind::kMaster:
      break;
  }
  return false;
}

// Whether a finding may last though it was not found.
bool MayLast(const PortFinding& finding, const PortLog::Knowledge& knowledge,
             const PortLog::Subjects& subjects) {
  const bool cut = IsCut(finding.kind, knowledge.cut);
  const bool known = (knowledge.agents || !finding.needs_agents) && (knowledge.nodes || !finding.needs_nodes);
  if (known && !cut && !knowledge.undecided.contains(finding.key)) return false;
  switch (finding.kind) {
    case FindingKind::kPending:
      return AnyPodIs(PortLog::PodState::kPending, finding, subjects);
    case FindingKind::kClash:
    case FindingKind::kUnaccounted:
      return AnyPodIs(PortLog::PodState::kBound, finding, subjects);
    case FindingKind::kLow:
      return cut || !subjects.has_agent(finding.agent_name, finding.agent_id);
    case FindingKind::kRole:
    case FindingKind::kMaster:
      return true;
  }
  return false;
}

}  // namespace

PortLog::Knowledge PortLog::Knowledge::Of(const PortReport& report) {
  Knowledge knowledge{.agents = report.space.known(), .nodes = report.space.nodes_known(), .cut = report.cut};
  for (const PendingPods& pending : report.pending) {
    if (pending.judgement.verdict != ports::Verdict::kUnknown) continue;
    for (const bool never : {true, false}) knowledge.undecided.insert(KeyOfPending(pending.group, never));
  }
  return knowledge;
}

PortNews PortLog::Update(const std::vector<PortFinding>& findings, const Knowledge& knowledge,
                         std::uint64_t poll, TimePoint now, const Subjects& subjects) {
  PortNews news;
  std::erase_if(events_, [&](const auto& event) { return now - event.second >= kEventPause; });
  for (auto& [key, known] : known_) known.found = false;
  for (const PortFinding& finding : findings) {
    const auto [at, is_new] = known_.try_emplace(finding.key);
    Known& known = at->second;
    if (is_new) {
      known.since = now;
      known.first_poll = poll;
      const auto before = known_.find(finding.counterpart);
      known.turned = before != known_.end() && before->second.told;
    }
    known.finding = finding;
    known.found = true;
    Begin(known, poll, now, news);
  }
  EndAbsent(knowledge, now, subjects, news);
  SumUp(now, news);
  return news;
}

void PortLog::EndAbsent(const Knowledge& knowledge, TimePoint now, const Subjects& subjects, PortNews& news) {
  std::size_t absent = 0;
  std::erase_if(known_, [&](const auto& entry) {
    const Known& known = entry.second;
    if (known.found) return false;
    // What passes before it is reported has to last for as long again.
    if (!known.told) return true;
    const auto turned = known_.find(known.finding.counterpart);
    if (turned != known_.end() && turned->second.found) return true;
    if (MayLast(known.finding, knowledge, subjects)) return ++absent > kMaxAbsent;
    End(known.finding, now, subjects, news);
    return true;
  });
}

void PortLog::Begin(Known& known, std::uint64_t poll, TimePoint now, PortNews& news) {
  const PortFinding& finding = known.finding;
  if (!known.told) {
    if (now - known.since < finding.patience && !known.turned) return;
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

void PortLog::End(const PortFinding& finding, TimePoint now, const Subjects& subjects, PortNews& news) {
  const bool all_gone =
      !finding.pods.empty() && std::ranges::all_of(finding.pods, [&](const PendingPod& pod) {
        return subjects.pod_state(pod.key, pod.uid) == PodState::kGone;
      });
  if (all_gone) return;
  if (const auto more = over_.Take(now)) news.lines.push_back({Level::kInfo, finding.over + *more});
}

void PortLog::SumUp(TimePoint now, PortNews& news) {
  if (const auto more = begun_.Summary(now))
    news.lines.push_back({Level::kWarning, "more is wrong with host ports; see /debug/ports" + *more});
  if (const auto more = over_.Summary(now))
    news.lines.push_back({Level::kInfo, "more is well again with host ports" + *more});
}

}  // namespace k8sm::controller
