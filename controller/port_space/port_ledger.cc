#include "controller/port_space/port_ledger.h"

#include "controller/port_space/pod_ports.h"

#include <utility>

namespace k8sm::controller {
namespace {

std::size_t KeyOf(const kube::Symbol& ns, const ports::Demand& demand) {
  return HashOf(demand) ^ TextHashOf(ns);
}

std::vector<ports::Port> NodePortsOf(const kube::Service* service) {
  std::vector<ports::Port> numbers;
  if (service == nullptr) return numbers;
  for (const kube::ServicePort& port : service->ports) {
    if (port.node_port > 0 && port.node_port <= static_cast<std::int32_t>(ports::kMaxPort))
      numbers.push_back(static_cast<ports::Port>(port.node_port));
  }
  return numbers;
}

}  // namespace

void PortLedger::OnPod(const kube::Pod* before, const kube::Pod* after) {
  if (before != nullptr && after != nullptr && SameForPorts(*before, *after)) return;
  Remove((before != nullptr ? before : after)->meta.Key());
  if (after != nullptr && IsAlive(*after)) Add(*after);
}

void PortLedger::Add(const kube::Pod& pod) {
  Entry entry;
  entry.pending = pod.node_name.empty();
  if (!entry.pending) {
    ports::Holder holder = HolderOf(pod);
    if (!holder.claims.empty()) entry.holder = std::make_shared<const ports::Holder>(std::move(holder));
  }
  ports::Demand demand = DemandOf(SpecOf(pod), rules_);
  if (demand.wants_ports() || !demand.doubled.empty()) {
    demand.node = {};  // where it was bound says nothing of its workload
    const auto group = GroupOf(pod.meta.ns, std::move(demand));
    entry.group = group;
    if (entry.pending) {
      const kube::ObjectKey key = pod.meta.Key();
      group->pending[key] = {key, pod.meta.uid, pod.meta.creation_timestamp};
    } else {
      ++group->bound;
      entry.mirror = pod.mirror;
      if (pod.mirror) ++group->mirrors;
    }
  }
  if (!entry.holder && !entry.group) return;
  pods_[pod.meta.Key()] = std::move(entry);
  ++version_;
}

void PortLedger::Remove(const kube::ObjectKey& key) {
  const auto found = pods_.find(key);
  if (found == pods_.end()) return;
  const Entry entry = std::move(found->second);
  pods_.erase(found);
  ++version_;
  if (!entry.group) return;
  if (entry.pending) {
    (*entry.group)->pending.erase(key);
  } else {
    --(*entry.group)->bound;
    if (entry.mirror) --(*entry.group)->mirrors;
  }
  DropIfEmpty(*entry.group);
}

PortLedger::Groups::iterator PortLedger::GroupOf(const kube::Symbol& ns, ports::Demand demand) {
  const std::size_t hash = KeyOf(ns, demand);
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto each = begin; each != end; ++each) {
    if (each->second->ns == ns && each->second->demand == demand) return each->second;
  }
  groups_.push_back({++last_group_, ns, std::move(demand), {}});
  const auto group = std::prev(groups_.end());
  by_hash_.emplace(hash, group);
  return group;
}

void PortLedger::DropIfEmpty(Groups::iterator group) {
  if (group->bound > 0 || !group->pending.empty()) return;
  const auto [begin, end] = by_hash_.equal_range(KeyOf(group->ns, group->demand));
  for (auto each = begin; each != end; ++each) {
    if (each->second != group) continue;
    by_hash_.erase(each);
    break;
  }
  groups_.erase(group);
}

void PortLedger::OnService(const kube::Service* before, const kube::Service* after) {
  const std::vector<ports::Port> gone = NodePortsOf(before);
  const std::vector<ports::Port> come = NodePortsOf(after);
  if (gone == come) return;
  for (const ports::Port port : come) ++node_ports_[port];
  for (const ports::Port port : gone) {
    const auto found = node_ports_.find(port);
    if (found != node_ports_.end() && --found->second == 0) node_ports_.erase(found);
  }
  ++version_;
}

std::vector<ports::SharedHolder> PortLedger::Holders() const {
  std::vector<ports::SharedHolder> holders;
  holders.reserve(pods_.size());
  for (const auto& [key, entry] : pods_) {
    if (entry.holder) holders.push_back(entry.holder);
  }
  return holders;
}

ports::PortSet PortLedger::NodePorts() const {
  std::vector<ports::Port> numbers;
  for (const auto& [port, services] : node_ports_) numbers.push_back(port);
  return ports::PortSet::OfPorts(std::move(numbers));
}

}  // namespace k8sm::controller
