// The labels of agents, which the scheduler compares nodeSelectors with.

#ifndef K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
#define K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_

#include "lib/informer/store.h"
#include "lib/kube/node.h"
#include "lib/ports/snapshot.h"

#include <chrono>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// Gives agents the labels of their Nodes.
class AgentLabels {
 public:
  // Returns the agents, each with the labels of the Node of its name; without one, it keeps those that k8sm
  // will set on it (ports::LabelSource::kNoNode). What did not change since the previous call is shared with
  // it.
  std::vector<ports::SharedAgent> Apply(std::span<const ports::SharedAgent> agents,
                                        const informer::Store<kube::Node>& nodes);

 private:
  struct Labelled {
    ports::SharedAgent from;  // kept, so that its address is not used again
    ports::SharedAgent agent;
  };

  std::unordered_map<const ports::Agent*, Labelled> labelled_;  // by `from`
};

// Decides whether the labels of Nodes are used. A cache of Nodes that has ceased to be current, e.g. while
// its watch is opened again, still has their last labels, which count for a while.
class NodeLabelsTrust {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // How long labels count after the cache was first seen not to be current.
  static constexpr std::chrono::minutes kTolerance{1};

  // Takes whether the cache is current (ClusterCache::NodesAreCurrent()) and returns whether its labels
  // count. Call it every few seconds; the time must not go backwards.
  bool Update(bool current, TimePoint now);

 private:
  bool was_current_ = false;  // ever
  std::optional<TimePoint> outdated_since_;
};

// Whether the change of a Node changes the labels of agents.
bool ChangesLabels(const kube::Node* before, const kube::Node* after);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
