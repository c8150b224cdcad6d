// What holds of every cluster at rest, told without a plan, so that a mistake in planning shows.

#ifndef K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
#define K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_

#include "controller/program/options.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Each property that the stored Endpoints break, as a sentence:
//
// - a service that selects pods has Endpoints, with its labels and a controller's mark, and without the marks
//   of what is not the case;
// - a place is a pod's (PlaceCheck), one that is not leaving unless the service publishes addresses that are
//   not ready, and it is listed as ready as the pod is.
std::vector<std::string> BrokenEndpoints(const StoredState& state, const controller::Options& options);

// The same of the slices that bear our mark:
//
// - they are owned by a service that selects pods, and have its labels;
// - each of the service's families has slices, none over the limit, and an empty one only where it is alone;
// - a place is a pod's (PlaceCheck), whose node is there unless the service publishes addresses that are not
//   ready, and its conditions, zone and family are right;
// - no endpoint is listed twice;
// - what the Endpoints list stands in the slices of that family too, where the pod's node is there.
std::vector<std::string> BrokenSlices(const StoredState& state, const controller::Options& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
