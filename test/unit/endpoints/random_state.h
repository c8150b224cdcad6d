// Random cluster states, the same for the same seed, in which everything that planning distinguishes is
// frequent.

#ifndef K8SM_TEST_UNIT_ENDPOINTS_RANDOM_STATE_H_
#define K8SM_TEST_UNIT_ENDPOINTS_RANDOM_STATE_H_

#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <random>
#include <vector>

namespace k8sm::endpoints {

struct RandomState {
  kube::Service service;
  std::vector<kube::Pod> pods;  // all that the service selects
};

RandomState MakeRandomState(std::mt19937& random);

}  // namespace k8sm::endpoints

#endif  // K8SM_TEST_UNIT_ENDPOINTS_RANDOM_STATE_H_
