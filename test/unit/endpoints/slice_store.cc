#include "test/unit/endpoints/slice_store.h"

#include "test/support/builders.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace k8sm::endpoints {

using kube::EndpointSlice;
using kube::Symbol;
using kube::Uid;

void SliceStore::AddNode(const std::string& name, const std::string& zone) {
  kube::Node& node = nodes_[Symbol(name)];
  node.meta.name = Symbol(name);
  node.zone = Symbol(zone);
}

void SliceStore::RemoveNode(const std::string& name) {
  nodes_.erase(Symbol(name));
}

void SliceStore::Put(EndpointSlice slice) {
  slice.meta.resource_version = std::to_string(++writes_);
  const std::string name(slice.meta.name.get());
  slices_[name] = std::move(slice);
}

const EndpointSlice* SliceStore::Find(std::string_view name) const {
  const auto found = slices_.find(name);
  return found == slices_.end() ? nullptr : &found->second;
}

std::vector<EndpointSlice> SliceStore::All() const {
  std::vector<EndpointSlice> all;
  for (const auto& [name, slice] : slices_) all.push_back(slice);
  return all;
}

SlicePlan SliceStore::Plan(const kube::Service* service, const std::vector<kube::Pod>& pods,
                           std::mt19937* random) const {
  std::vector<const kube::Pod*> selected = test::PointersTo(pods);
  std::vector<const EndpointSlice*> existing;
  for (const auto& [name, slice] : slices_) existing.push_back(&slice);
  if (random != nullptr) {
    std::shuffle(selected.begin(), selected.end(), *random);
    std::shuffle(existing.begin(), existing.end(), *random);
  }
  const NodeLookup node_of = [this](const Symbol& name) {
    const auto node = nodes_.find(name);
    return node == nodes_.end() ? nullptr : &node->second;
  };
  std::optional<Verdicts> verdicts;
  if (service != nullptr && service->SelectsPods()) verdicts = Judge(*service, selected, mode, &node_of);
  return PlanSlices({.verdicts = verdicts ? &*verdicts : nullptr,
                     .existing = existing,
                     .max_endpoints = max_endpoints,
                     .trigger_time = trigger_time});
}

void SliceStore::Apply(const SlicePlan& plan) {
  for (const EndpointSlice& slice : plan.create) Create(slice);
  for (const EndpointSlice& slice : plan.update) Update(slice);
  for (const EndpointSlice& slice : plan.remove) Remove(slice);
}

SlicePlan SliceStore::Sync(const kube::Service& service, const std::vector<kube::Pod>& pods) {
  SlicePlan plan = Plan(&service, pods);
  Apply(plan);
  return plan;
}

void SliceStore::Create(EndpointSlice slice) {
  if (!slice.meta.resource_version.empty() || !slice.meta.name.get().empty() || slice.generate_name.empty())
    throw std::logic_error("a slice to be created is named by the server");
  slice.meta.name = Symbol(slice.generate_name + std::to_string(writes_ + 1));
  slice.meta.uid = Uid("uid-" + slice.meta.name);
  slice.meta.preserved = Symbol("\"generateName\":\"" + slice.generate_name + "\"");
  slice.generate_name.clear();
  Put(std::move(slice));
}

EndpointSlice& SliceStore::Current(const EndpointSlice& slice) {
  const auto found = slices_.find(slice.meta.name.get());
  if (found == slices_.end()) throw std::logic_error("there is no slice " + slice.meta.name);
  EndpointSlice& current = found->second;
  if (current.meta.resource_version != slice.meta.resource_version || current.meta.uid != slice.meta.uid)
    throw std::logic_error("another version of slice " + slice.meta.name + " is stored");
  return current;
}

void SliceStore::Update(const EndpointSlice& slice) {
  const EndpointSlice& current = Current(slice);
  if (slice.family != current.family) throw std::logic_error("a slice's address type is immutable");
  if (slice.owner != current.owner || slice.meta.preserved != current.meta.preserved)
    throw std::logic_error("an update loses what it does not know of a slice");
  Put(slice);
}

void SliceStore::Remove(const EndpointSlice& slice) {
  Current(slice);
  slices_.erase(slices_.find(slice.meta.name.get()));
}

std::size_t WritesOf(const SlicePlan& plan) {
  return plan.create.size() + plan.update.size() + plan.remove.size();
}

}  // namespace k8sm::endpoints
