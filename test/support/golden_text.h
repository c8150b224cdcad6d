// Endpoints, stored or expected, as text that does not depend on the order of their lists.

#ifndef K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_
#define K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_

#include "lib/kube/endpoints.h"
#include "test/support/golden.h"

#include <string>
#include <vector>

namespace k8sm::test {

// A line for each label, annotation and subset, sorted. What the expectations leave out (the managed-by label
// and the trigger time, see golden.h) is left out here too.
std::vector<std::string> EndpointsText(const kube::Endpoints& endpoints);
std::vector<std::string> EndpointsText(const ExpectedService& expected);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_GOLDEN_TEXT_H_
