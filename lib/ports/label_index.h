// Narrows down which agents have the labels of a nodeSelector. Internal to lib/ports.

#ifndef K8SM_LIB_PORTS_LABEL_INDEX_H_
#define K8SM_LIB_PORTS_LABEL_INDEX_H_

#include "lib/kube/label_map.h"
#include "lib/ports/snapshot.h"

#include <cstdint>
#include <span>
#include <vector>

namespace k8sm::ports {

// The labels of some agents; 8 bytes per label.
class LabelIndex {
 public:
  // Indexes the agents `indexes`, which are ascending. O(n log n) in their labels.
  LabelIndex(const std::vector<SharedAgent>& agents, std::span<const AgentIndex> indexes);

  // Returns the agents that have the rarest of the labels, ascending, and perhaps some that have not: all
  // that match the selector are among them. REQUIRES: the selector is not empty.
  std::vector<AgentIndex> Candidates(const kube::LabelMap& selector) const;

 private:
  using Entry = std::uint64_t;  // the hash of a label in the upper half, an agent's index in the lower

  std::span<const Entry> Find(const kube::Label& label) const;

  std::vector<Entry> entries_;  // ascending
};

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_LABEL_INDEX_H_
