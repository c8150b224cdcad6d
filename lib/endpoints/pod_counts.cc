#include "lib/endpoints/pod_counts.h"

namespace k8sm::endpoints {
namespace {

// Whether both kinds of objects list the pod at this place; Endpoints alone if slices are not planned.
bool IsListed(const Verdicts& verdicts, const Verdict& verdict) {
  return verdict.in_endpoints && (verdict.in_slices || !verdicts.nodes_known);
}

void CountSkipped(const Verdicts& verdicts, std::size_t pod, PodCounts& counts) {
  ++counts.skipped;
  for (std::size_t port = 0; port < verdicts.ports.size(); ++port) {
    const auto skip = SkipOf(verdicts, pod, port);
    if (!skip) continue;
    ++counts.skipped_for[static_cast<std::size_t>(skip->reason)];
    return;
  }
}

// Returns ": 2 no_host_port, 1 node_not_found"; "" if there is none.
std::string DescribeReasons(const PodCounts& counts) {
  std::string text;
  for (std::size_t reason = 0; reason < kSkipReasons; ++reason) {
    if (counts.skipped_for[reason] == 0) continue;
    text += (text.empty() ? ": " : ", ") + std::to_string(counts.skipped_for[reason]) + " ";
    text += ToString(static_cast<SkipReason>(reason));
  }
  return text;
}

void Count(const Verdicts& verdicts, std::size_t index, PodCounts& counts) {
  const kube::Pod& pod = *verdicts.pods[index].pod;
  bool listed = false;
  bool starting = true;
  for (std::size_t port = 0; port < verdicts.ports.size(); ++port) {
    const Verdict& verdict = verdicts.At(0, index, port);
    listed = listed || IsListed(verdicts, verdict);
    starting = starting && verdict.obstacle && verdict.obstacle->outlook != SkipOutlook::kStays;
  }
  const bool ready = pod.ready || verdicts.service->publish_not_ready_addresses;
  if (listed) {
    ++(ready ? counts.ready : counts.not_ready);
  } else if (HasEnded(pod) || pod.meta.deletion_timestamp) {
    ++counts.ended;
  } else if (starting) {
    ++counts.not_ready;
  } else {
    CountSkipped(verdicts, index, counts);
  }
}

}  // namespace

std::string_view ToString(EmptyReason reason) {
  switch (reason) {
    case EmptyReason::kNoPods:
      return "no_pods";
    case EmptyReason::kMistypedSelector:
      return "mistyped_selector";
    case EmptyReason::kSkipped:
      return "skipped";
    case EmptyReason::kNotReady:
      return "not_ready";
    case EmptyReason::kEnded:
      return "ended";
  }
  return "unknown";
}

PodCounts CountPods(const Verdicts& verdicts) {
  PodCounts counts;
  for (std::size_t pod = 0; pod < verdicts.pods.size(); ++pod) Count(verdicts, pod, counts);
  return counts;
}

EmptyReason WhyEmpty(const PodCounts& counts, bool mistyped) {
  if (counts.skipped > 0) return EmptyReason::kSkipped;
  if (counts.not_ready > 0) return EmptyReason::kNotReady;
  if (counts.ended > 0) return EmptyReason::kEnded;
  return mistyped ? EmptyReason::kMistypedSelector : EmptyReason::kNoPods;
}

std::string Describe(const PodCounts& counts) {
  std::string text;
  const char* separator = ", ";
  const auto add = [&](std::size_t count, const char* what) {
    if (count == 0) return;
    const bool first = text.empty();
    if (!first) text += separator;
    separator = ", ";
    text += std::to_string(count);
    if (first) text += count == 1 ? " pod" : " pods";
    text += what;
  };
  add(counts.ready, " ready");
  add(counts.skipped, " skipped");
  const std::string reasons = DescribeReasons(counts);
  text += reasons;
  if (!reasons.empty()) separator = "; ";
  add(counts.not_ready, " not ready");
  add(counts.ended, " finished or being deleted");
  return text.empty() ? "no pods" : text;
}

}  // namespace k8sm::endpoints
