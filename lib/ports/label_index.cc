#include "lib/ports/label_index.h"

#include <algorithm>
#include <limits>

namespace k8sm::ports {
namespace {

// The upper half of an entry. Labels that share it only make more candidates; those of one agent share an
// entry.
std::uint64_t KeyOf(const kube::Label& label) {
  const std::uint64_t hash =
      (HashOf(label.key) * 0x9E3779B97F4A7C15U) ^ (HashOf(label.value) * 0xBF58476D1CE4E5B9U);
  return (hash ^ (hash >> 31)) << 32;
}

}  // namespace

LabelIndex::LabelIndex(const std::vector<SharedAgent>& agents, std::span<const AgentIndex> indexes) {
  for (const AgentIndex agent : indexes) {
    for (const kube::Label& label : agents[agent]->labels) entries_.push_back(KeyOf(label) | agent);
  }
  std::sort(entries_.begin(), entries_.end());
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
}

std::span<const LabelIndex::Entry> LabelIndex::Find(const kube::Label& label) const {
  const Entry first = KeyOf(label);
  const Entry last = first | std::numeric_limits<AgentIndex>::max();
  const auto begin = std::lower_bound(entries_.begin(), entries_.end(), first);
  return {begin, std::upper_bound(begin, entries_.end(), last)};
}

std::vector<AgentIndex> LabelIndex::Candidates(const kube::LabelMap& selector) const {
  std::span<const Entry> rarest = entries_;
  for (const kube::Label& label : selector) {
    const std::span<const Entry> found = Find(label);
    if (found.size() <= rarest.size()) rarest = found;
  }
  std::vector<AgentIndex> agents;
  agents.reserve(rarest.size());
  for (const Entry entry : rarest) agents.push_back(static_cast<AgentIndex>(entry));
  return agents;
}

}  // namespace k8sm::ports
