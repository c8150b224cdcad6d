#include "lib/ports/workload.h"

#include <algorithm>
#include <limits>

namespace k8sm::ports {
namespace {

constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();

Fate FateOf(const PortSpace& space, const Plan& plan, const WorkloadDemand& workload) {
  const Judgement one = Judge(space, workload.demand);
  if (one.verdict == Verdict::kUnknown) return Fate::kUnknown;
  if (one.verdict == Verdict::kNever || !plan.ceiling.AtLeast(1)) return Fate::kNever;
  if (!plan.ceiling.AtLeast(workload.replicas)) {
    // More agents may register, or come to match.
    const bool ever = !workload.one_per_agent &&
                      HeadroomOf(space, workload.demand, Basis::kOfferEver, {}, workload.replicas)
                          .AtLeast(workload.replicas);
    return space.known() && !ever ? Fate::kNeverAll : Fate::kUnknown;
  }
  return plan.capacity.AtLeast(workload.replicas) ? Fate::kFits : Fate::kNotNow;
}

}  // namespace

std::string_view ToString(Fate fate) {
  switch (fate) {
    case Fate::kFits:
      return "fits";
    case Fate::kNotNow:
      return "not_now";
    case Fate::kNeverAll:
      return "never_all";
    case Fate::kNever:
      return "never";
    case Fate::kUnknown:
      return "unknown";
  }
  return "";
}

std::uint32_t ResolveMaxUnavailable(std::uint32_t replicas, std::uint32_t unavailable,
                                    bool unavailable_is_percent, std::uint32_t surge) {
  const std::uint64_t wanted =
      unavailable_is_percent ? std::uint64_t{replicas} * unavailable / 100 : std::uint64_t{unavailable};
  const auto resolved = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, replicas));
  return resolved == 0 && surge == 0 ? 1 : resolved;
}

Plan JudgeWorkload(const PortSpace& space, const WorkloadDemand& workload, std::uint32_t reserve) {
  const auto room = [&](Basis basis, std::span<const HolderIndex> without = {}) {
    return HeadroomOf(space, workload.demand, basis, without, kAll, workload.one_per_agent);
  };
  Plan plan;
  plan.ceiling = room(Basis::kOffer);
  plan.capacity = room(Basis::kFree, workload.own);
  plan.spare = room(Basis::kFree);
  plan.fate = FateOf(space, plan, workload);
  if (plan.fate == Fate::kUnknown) return plan;
  plan.rollout_stuck = workload.rollout.surges && workload.rollout.max_unavailable == 0 &&
                       workload.replicas >= 1 && workload.own_pods >= workload.replicas &&
                       !plan.spare.AtLeast(1);
  // A DaemonSet has a pod wherever it can have one, and a rollout deletes the old one first.
  plan.no_spare = plan.fate == Fate::kFits && workload.replicas >= 1 && !workload.one_per_agent &&
                  !plan.spare.AtLeast(reserve);
  return plan;
}

std::uint32_t DaemonReplicas(const PortSpace& space, const Demand& demand) {
  return static_cast<std::uint32_t>(space.CountEligible(demand));
}

}  // namespace k8sm::ports
