// The labels of agents, which the scheduler compares nodeSelectors with.

#ifndef K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
#define K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_

#include "lib/informer/store.h"
#include "lib/kube/node.h"
#include "lib/ports/snapshot.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// How much is known of the labels of agents.
enum class LabelSource : std::uint8_t {
  kAgents,     // those that k8sm derives from an agent; not what else is set on its Node
  kSomeNodes,  // those of the Nodes, which some agents do not have yet
  kNodes,      // those of the Nodes
};

// Gives agents the labels of their Nodes.
class AgentLabels {
 public:
  // Returns the agents, each with the labels of the Node of its name, or without labels if there is none: the
  // scheduler places no pod with a nodeSelector there. Agents that have these labels are shared with
  // `agents`, others with the previous call as far as possible.
  std::vector<ports::SharedAgent> Apply(std::span<const ports::SharedAgent> agents,
                                        const informer::Store<kube::Node>& nodes);

  // Of the agents that Apply() returned.
  LabelSource source() const { return source_; }

 private:
  struct Labelled {
    ports::SharedAgent from;  // kept, so that its address is not used again
    ports::SharedAgent agent;
  };

  std::unordered_map<const ports::Agent*, Labelled> labelled_;  // by `from`
  LabelSource source_ = LabelSource::kSomeNodes;
};

// Whether the change of a Node changes the labels of agents.
bool ChangesLabels(const kube::Node* before, const kube::Node* after);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
