// Renders EndpointSlices as text that is independent of their packing and of list order.

#ifndef K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_
#define K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_

#include "lib/kube/endpoint_slice.h"
#include "test/support/golden.h"

#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

// The endpoints of all slices with the same family and ports, keyed by e.g. "IPv4 http:8080/TCP"; the lists
// are sorted.
using SliceTextsByPorts = std::map<std::string, std::vector<std::string>>;

SliceTextsByPorts SliceTexts(const std::vector<kube::EndpointSlice>& slices);
SliceTextsByPorts ExpectedSliceTexts(const ExpectedService& expected);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_GOLDEN_SLICES_H_
