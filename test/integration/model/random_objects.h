// Random pods, services and nodes, and random changes to them. There are few choices, so that selectors match
// labels, target ports match container ports, and pods conflict on host ports.

#ifndef K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_
#define K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_

#include "test/integration/model/cluster_objects.h"
#include "test/integration/model/dice.h"

#include <string>
#include <vector>

namespace k8sm::test {

inline const std::vector<std::string> kNodeNames = {"node-1", "node-2", "node-3"};

// Return complete objects with the given metadata, to which labels and annotations are added.
ModelPod RandomPod(Dice& dice, Metadata meta);
ModelService RandomService(Dice& dice, Metadata meta);
ModelNode RandomNode(Dice& dice, Metadata meta);

// Applies a change that the API server accepts for an existing object. Returns a description of it.
std::string Change(Dice& dice, ModelPod& pod);
std::string Change(Dice& dice, ModelService& service);
std::string Change(Dice& dice, ModelNode& node);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_
