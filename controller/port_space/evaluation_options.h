// The settings of an evaluation.

#ifndef K8SM_CONTROLLER_PORT_SPACE_EVALUATION_OPTIONS_H_
#define K8SM_CONTROLLER_PORT_SPACE_EVALUATION_OPTIONS_H_

#include <cstdint>

namespace k8sm::controller {

struct EvaluationOptions {
  std::uint32_t low_percent = 10;  // an agent with at most this share of its ports free is short of them
  std::uint32_t reserve = 1;       // for how many more pods of each workload there should be room
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_EVALUATION_OPTIONS_H_
