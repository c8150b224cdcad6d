// EndpointSlices, stored, planned or expected, as text that does not depend on how endpoints are packed into
// slices nor on the order of their lists.

#ifndef K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_
#define K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_

#include "lib/kube/endpoint_slice.h"
#include "test/support/golden.h"

#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

// What all slices of one family and set of ports list, by "IPv4 http:8080/TCP"; each list sorted.
using SliceTextsByPorts = std::map<std::string, std::vector<std::string>>;

SliceTextsByPorts SliceTexts(const std::vector<kube::EndpointSlice>& slices);
SliceTextsByPorts ExpectedSliceTexts(const ExpectedService& expected);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_
