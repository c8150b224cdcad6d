// What holds of every cluster at rest, told without a plan, so that a mistake in planning shows.

#ifndef K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
#define K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_

#include "test/integration/model/fresh_plan.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Each property that the stored state breaks, as a sentence:
//
// - a service that selects pods has Endpoints, with its labels, a controller's mark and the mark of headless
//   services where it is one, and without the mark of a truncated list;
// - an address is that of a pod that lives, that the service selects, that has not ended and is not leaving
//   (unless the service publishes addresses that are not ready), and is listed as ready as the pod is;
// - a port is one of the service's, at a number that the pod serves;
// - in host-port mode no two pods are listed at one address, port and protocol.
std::vector<std::string> BrokenProperties(const StoredState& state, const PlanOptions& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
