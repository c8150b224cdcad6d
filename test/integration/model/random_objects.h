// Pods, services and nodes by chance, and changes that may happen to them. The choices are few, so that
// selectors meet labels, target ports meet container ports, and pods meet on host ports.

#ifndef K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_
#define K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_

#include "test/integration/model/cluster_objects.h"
#include "test/integration/model/dice.h"

#include <string>
#include <vector>

namespace k8sm::test {

inline const std::vector<std::string> kNodeNames = {"node-1", "node-2", "node-3"};

// Whole objects around their metadata, whose labels and annotations are filled in.
ModelPod RandomPod(Dice& dice, Metadata meta);
ModelService RandomService(Dice& dice, Metadata meta);
ModelNode RandomNode(Dice& dice, Metadata meta);

// A change that the API server accepts of a living object. Returns what was changed, for the list of steps.
std::string Change(Dice& dice, ModelPod& pod);
std::string Change(Dice& dice, ModelService& service);
std::string Change(Dice& dice, ModelNode& node);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_RANDOM_OBJECTS_H_
