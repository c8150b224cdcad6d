// Renders Endpoints as text that is independent of list order.

#ifndef K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_
#define K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_

#include "lib/kube/endpoints.h"
#include "test/support/golden.h"

#include <string>
#include <vector>

namespace k8sm::test {

// Returns a line for each label, annotation and subset, sorted. Omits what the expectations omit: the
// managed-by label and the trigger time (golden.h).
std::vector<std::string> EndpointsText(const kube::Endpoints& endpoints);
std::vector<std::string> EndpointsText(const ExpectedService& expected);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_
