// What a controller that has just started would still find to do.

#ifndef K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
#define K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_

#include "lib/endpoints/address_mode.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// How to plan: as the controller was told to.
struct PlanOptions {
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
};

// Plans every service from the stored state alone, and tells each write that the plans still ask for: what is
// stored, what is planned, and of what service and pods. Empty where everything is as planned.
std::vector<std::string> UnmetPlans(const StoredState& state, const PlanOptions& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_FRESH_PLAN_H_
