#include "lib/endpoints/precedence.h"

#include "lib/base/printable.h"
#include "lib/kube/pod.h"

#include <string_view>

namespace k8sm::endpoints {
namespace {

using kube::Pod;

bool IsLeaving(const Pod& pod) {
  return pod.meta.deletion_timestamp.has_value();
}

// Lower is better.
int RankOf(const Pod& pod) {
  return (pod.ready ? 0 : 2) + (IsLeaving(pod) ? 1 : 0);
}

// Stored pods always have a creation time. A pod without one is treated as the youngest.
bool IsOlder(const Pod& a, const Pod& b) {
  const auto& time_a = a.meta.creation_timestamp;
  const auto& time_b = b.meta.creation_timestamp;
  if (!time_a || !time_b) return time_a.has_value() && !time_b.has_value();
  return *time_a < *time_b;
}

std::string_view Merit(const Claim& winner, const Claim& loser) {
  const Pod& a = *winner.pod->pod;
  const Pod& b = *loser.pod->pod;
  if (winner.declared != loser.declared) return "declares it";
  if (a.ready != b.ready) return "is ready";
  if (IsLeaving(a) != IsLeaving(b)) return "is not being deleted";
  if (IsOlder(a, b)) return "is older";
  return "comes first by name";
}

// States which of the two pods has no Node object.
std::string AdviceOnMissingNode(const SelectedPod& pod, std::string_view which) {
  return ": node " + Printable(pod.pod->node_name.get(), kShownBytes) + " of " + std::string(which) +
         " pod does not exist, so delete that pod";
}

std::string Advice(const Claim& winner, const Claim& loser) {
  if (IsLeaving(*winner.pod->pod)) return " and is being deleted: nothing to change, this ends with that pod";
  if (winner.pod->node_missing) return AdviceOnMissingNode(*winner.pod, "the other");
  if (loser.pod->node_missing) return AdviceOnMissingNode(*loser.pod, "this");
  if (winner.declared && !loser.declared) {
    return ": declare in this pod, which uses the host's network, the port that it listens on, or take it "
           "out of the service's selector";
  }
  return ": give one of the two pods another host port, or take one out of the service's selector";
}

}  // namespace

bool TakesPrecedence(const Claim& a, const Claim& b) {
  if (a.declared != b.declared) return a.declared;
  const Pod& pod_a = *a.pod->pod;
  const Pod& pod_b = *b.pod->pod;
  if (RankOf(pod_a) != RankOf(pod_b)) return RankOf(pod_a) < RankOf(pod_b);
  if (IsOlder(pod_a, pod_b)) return true;
  if (IsOlder(pod_b, pod_a)) return false;
  return pod_a.meta.name < pod_b.meta.name;
}

std::string WhyAndWhatToDo(const Claim& winner, const Claim& loser) {
  return ", which " + std::string(Merit(winner, loser)) + Advice(winner, loser);
}

}  // namespace k8sm::endpoints
