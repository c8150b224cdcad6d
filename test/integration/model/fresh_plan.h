// What a controller that has just started would still find to do.

#ifndef K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
#define K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_

#include "controller/program/options.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Plans every service from the stored state alone, with the options of the controller, and tells each write
// that a plan still asks for: what is stored, and what is planned. Empty where everything is as planned.
std::vector<std::string> UnmetPlans(const StoredState& state, const controller::Options& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
