// Computes what a controller that has just started would still write.

#ifndef K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
#define K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_

#include "controller/program/options.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Plans every service from the stored state alone, with the controller's options. Returns a description of
// each write that a plan still needs, with stored and planned content; empty if everything is up to date.
std::vector<std::string> UnmetPlans(const StoredState& state, const controller::Options& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
