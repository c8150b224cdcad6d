// Properties of every settled cluster, checked without a plan so that planning errors are found.

#ifndef K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
#define K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_

#include "controller/program/options.h"
#include "test/integration/model/stored_state.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Returns the properties that the stored Endpoints violate, as sentences:
//
// - a service with a selector has Endpoints with its labels and a controller's label, and without
//   annotations that do not apply;
// - an address and port are those of a pod (PlaceCheck) that is not being deleted, unless the service
//   publishes not-ready addresses, and are listed as ready if the pod is ready.
std::vector<std::string> BrokenEndpoints(const StoredState& state, const controller::Options& options);

// The same for the slices that this controller manages:
//
// - they are owned by a service with a selector and have its labels;
// - each IP family of the service has slices, none over the limit, and an empty one only if it is the only
//   one;
// - an address and port are those of a pod (PlaceCheck) whose node exists, unless the service publishes
//   not-ready addresses, and conditions, zone and family are correct;
// - no endpoint is listed twice;
// - whatever the Endpoints list is also in the slices of that family, if the pod's node exists.
std::vector<std::string> BrokenSlices(const StoredState& state, const controller::Options& options);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_PROPERTIES_H_
