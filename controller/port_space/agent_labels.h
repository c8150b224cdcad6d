// The labels of agents, which the scheduler compares nodeSelectors with.

#ifndef K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
#define K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_

#include "lib/informer/store.h"
#include "lib/kube/node.h"
#include "lib/ports/snapshot.h"

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

// Whether the change of a Node changes the labels of agents.
bool ChangesLabels(const kube::Node* before, const kube::Node* after);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_AGENT_LABELS_H_
