#include "lib/endpoints/slice_plan.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_groups.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/endpoints/slice_packing.h"
#include "lib/kube/label_map.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::IpFamily;
using kube::LabelMap;
using kube::Service;
using kube::Symbol;

using StoredSlices = std::vector<const EndpointSlice*>;
using SlicesByPorts = std::map<PortSet, std::vector<StoredSlice>, PortSetBefore>;

// Our slices, in an order independent of the input's. Slices that are being deleted take no more endpoints.
StoredSlices OursOf(std::span<const EndpointSlice* const> existing) {
  StoredSlices ours;
  for (const EndpointSlice* slice : existing) {
    if (IsOurs(*slice) && !slice->meta.deletion_timestamp) ours.push_back(slice);
  }
  std::ranges::sort(ours, {}, [](const EndpointSlice* slice) { return slice->meta.name; });
  return ours;
}

std::size_t CountEndpoints(const StoredSlices& slices) {
  std::size_t count = 0;
  for (const EndpointSlice* slice : slices) count += slice->endpoints.size();
  return count;
}

void Remove(const StoredSlices& slices, SlicePlan& plan) {
  for (const EndpointSlice* slice : slices) plan.remove.push_back(*slice);
  plan.counts.removed += CountEndpoints(slices);
}

// The desired slices of one family.
struct FamilyDraft {
  struct Slice {
    PortSet ports;
    PackedSlice content;
  };
  std::vector<Slice> slices;
  StoredSlices vacant;  // stored slices not yet assigned to an entry of `slices`
};

// Builds the plan of one service, family by family.
class Planner {
 public:
  explicit Planner(const SlicePlanInput& input)
      : input_(input), service_(*input.verdicts->service), labels_(SliceLabels(service_)) {}

  // `stored` are the service's own slices of that family, which is an index into Verdicts::families.
  void PlanFamily(std::size_t family, const StoredSlices& stored);
  SlicePlan Finish() && { return std::move(plan_); }

 private:
  bool IsPlaceholder(const EndpointSlice& slice) const;
  SlicesByPorts ByPorts(const StoredSlices& stored) const;
  FamilyDraft Draft(SliceGroups groups, SlicesByPorts stored);
  // Replaces slices to be created by vacant ones, as far as there are any.
  void UseVacant(FamilyDraft& draft) const;
  void Write(IpFamily family, FamilyDraft::Slice slice);

  const SlicePlanInput& input_;
  const Service& service_;
  const LabelMap labels_;
  SlicePlan plan_;
};

void Planner::PlanFamily(std::size_t family, const StoredSlices& stored) {
  const SliceCounts before = plan_.counts;
  FamilyDraft draft = Draft(GroupEndpoints(*input_.verdicts, family), ByPorts(stored));
  UseVacant(draft);
  for (FamilyDraft::Slice& slice : draft.slices)
    Write(input_.verdicts->families[family].family, std::move(slice));
  for (const EndpointSlice* slice : draft.vacant) plan_.remove.push_back(*slice);

  const std::size_t desired = plan_.counts.endpoints - before.endpoints;
  const std::size_t kept = desired - (plan_.counts.added - before.added);
  plan_.counts.removed += CountEndpoints(stored) - kept;
}

// Whether the slice is already what a family with nothing to publish should have as its only slice.
bool Planner::IsPlaceholder(const EndpointSlice& slice) const {
  return slice.endpoints.empty() && slice.ports.empty() && slice.meta.labels == labels_;
}

SlicesByPorts Planner::ByPorts(const StoredSlices& stored) const {
  SlicesByPorts by_ports;
  for (const EndpointSlice* slice : stored) {
    by_ports[PortSetOf(slice->ports)].push_back({slice, slice->meta.labels != labels_});
  }
  return by_ports;
}

FamilyDraft Planner::Draft(SliceGroups groups, SlicesByPorts stored) {
  FamilyDraft draft;
  for (auto& [ports, endpoints] : groups) {
    plan_.counts.endpoints += endpoints.size();
    plan_.counts.fewest_slices += (endpoints.size() + input_.max_endpoints - 1) / input_.max_endpoints;
    Packing packing = PackSlices(std::move(endpoints), stored[ports], input_.max_endpoints);
    plan_.counts.added += packing.added;
    for (PackedSlice& slice : packing.slices) draft.slices.push_back({ports, std::move(slice)});
    std::ranges::copy(packing.vacant, std::back_inserter(draft.vacant));
    stored.erase(ports);
  }
  for (const auto& [ports, slices] : stored) {
    for (const StoredSlice& each : slices) draft.vacant.push_back(each.slice);
  }
  if (draft.slices.empty()) {
    draft.slices.emplace_back();
    ++plan_.counts.fewest_slices;
  }
  return draft;
}

void Planner::UseVacant(FamilyDraft& draft) const {
  auto& vacant = draft.vacant;
  // Prefers a slice that needs no write when there is nothing to publish.
  std::ranges::stable_partition(vacant, [this](const EndpointSlice* slice) { return IsPlaceholder(*slice); });
  auto next = vacant.begin();
  for (FamilyDraft::Slice& slice : draft.slices) {
    if (next == vacant.end()) break;
    if (slice.content.stored != nullptr) continue;
    slice.content.stored = *next++;
    slice.content.to_be_written |= !IsPlaceholder(*slice.content.stored);
  }
  vacant.erase(vacant.begin(), next);
}

void Planner::Write(IpFamily family, FamilyDraft::Slice slice) {
  const EndpointSlice* stored = slice.content.stored;
  if (stored == nullptr && service_.meta.deletion_timestamp) {
    plan_.counts.endpoints -= slice.content.endpoints.size();
    plan_.counts.added -= slice.content.endpoints.size();
    return;
  }
  ++plan_.counts.slices;
  if (stored != nullptr && !slice.content.to_be_written) return;

  EndpointSlice wanted = NewSlice(service_, family);
  if (stored != nullptr) {
    wanted.meta = stored->meta;
    wanted.generate_name.clear();
    wanted.owner = stored->owner;
  }
  wanted.meta.labels = labels_;
  SetTriggerTime(wanted.meta.annotations, input_.trigger_time);
  wanted.ports = std::move(slice.ports);
  wanted.endpoints = std::move(slice.content.endpoints);
  (stored == nullptr ? plan_.create : plan_.update).push_back(std::move(wanted));
}

}  // namespace

SlicePlan PlanSlices(const SlicePlanInput& input) {
  const StoredSlices ours = OursOf(input.existing);
  if (input.verdicts == nullptr) {
    SlicePlan plan;
    Remove(ours, plan);
    return plan;
  }

  const std::vector<FamilyVerdicts>& families = input.verdicts->families;
  std::vector<StoredSlices> by_family(families.size());
  StoredSlices unwanted;
  for (const EndpointSlice* slice : ours) {
    const auto family = std::ranges::find(families, slice->family, &FamilyVerdicts::family);
    const bool has_place = family != families.end() && IsOwnedBy(*slice, *input.verdicts->service);
    (has_place ? by_family[static_cast<std::size_t>(family - families.begin())] : unwanted).push_back(slice);
  }

  Planner planner(input);
  for (std::size_t i = 0; i < families.size(); ++i) planner.PlanFamily(i, by_family[i]);
  SlicePlan plan = std::move(planner).Finish();
  Remove(unwanted, plan);
  return plan;
}

}  // namespace k8sm::endpoints
