#include "lib/endpoints/trigger_time.h"

#include <algorithm>
#include <functional>

namespace k8sm::endpoints {
namespace {

using kube::Pod;
using kube::Service;
using kube::Symbol;
using kube::Timestamp;

using Transition = std::pair<Symbol, Timestamp>;

bool NameBefore(const Transition& a, const Transition& b) {
  return std::less<const void*>()(a.first.get().data(), b.first.get().data());
}

std::vector<Transition> TransitionsOf(std::span<const Pod* const> pods) {
  std::vector<Transition> transitions;
  transitions.reserve(pods.size());
  for (const Pod* pod : pods) {
    if (pod->ready_transition) transitions.emplace_back(pod->meta.name, *pod->ready_transition);
  }
  std::sort(transitions.begin(), transitions.end(), NameBefore);
  return transitions;
}

void TakeEarlier(std::optional<Timestamp>& earliest, Timestamp time) {
  if (!earliest || time < *earliest) earliest = time;
}

// The earliest transition that is later than the known one of the same pod. Both inputs are sorted.
std::optional<Timestamp> EarliestNew(const std::vector<Transition>& seen,
                                     const std::vector<Transition>& known) {
  std::optional<Timestamp> earliest;
  auto before = known.begin();
  for (const Transition& now : seen) {
    while (before != known.end() && NameBefore(*before, now)) ++before;
    const bool is_known = before != known.end() && before->first == now.first;
    if (!is_known || now.second > before->second) TakeEarlier(earliest, now.second);
  }
  return earliest;
}

}  // namespace

void TriggerTimeTracker::Observe(const Service& service, std::span<const Pod* const> pods) {
  const auto [entry, is_new] = states_.try_emplace(service.meta.Key());
  State& state = entry->second;
  std::vector<Transition> transitions = TransitionsOf(pods);
  const std::optional<Timestamp> creation = service.meta.creation_timestamp;

  std::optional<Timestamp> trigger;
  if (is_new) {
    trigger = creation;
  } else {
    trigger = EarliestNew(transitions, state.transitions);
    if (creation && (!state.creation || *creation > *state.creation)) TakeEarlier(trigger, *creation);
  }
  if (trigger) {
    for (auto& pending : state.pending) TakeEarlier(pending, *trigger);
  }
  state.transitions = std::move(transitions);
  state.creation = creation;
}

std::optional<Timestamp> TriggerTimeTracker::Pending(const kube::ObjectKey& service, Published kind) const {
  const auto entry = states_.find(service);
  return entry == states_.end() ? std::nullopt : entry->second.pending[static_cast<std::size_t>(kind)];
}

void TriggerTimeTracker::Settle(const kube::ObjectKey& service, Published kind) {
  const auto entry = states_.find(service);
  if (entry != states_.end()) entry->second.pending[static_cast<std::size_t>(kind)].reset();
}

void TriggerTimeTracker::Forget(const kube::ObjectKey& service) {
  states_.erase(service);
}

}  // namespace k8sm::endpoints
