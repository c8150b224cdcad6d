// Renders EndpointSlices as text, one line each, for readable expectations and failures:
//
//   "web-1 IPv4: a@10.0.0.11 !b@10.0.0.12 | http:31080/TCP"
//
// An endpoint is POD@ADDRESS, prefixed with "!" if it is not ready, "-" if it is terminating, and "+" if it
// is terminating but serving.

#ifndef K8SM_TEST_SUPPORT_SLICE_TEXT_H_
#define K8SM_TEST_SUPPORT_SLICE_TEXT_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/ports.h"
#include "test/support/subset_text.h"

#include <string>
#include <vector>

namespace k8sm::test {

inline std::string ToText(const kube::SliceEndpoint& endpoint) {
  const std::string pod = endpoint.target_ref ? endpoint.target_ref->name + "@" : "";
  return (endpoint.ready ? "" : "!") + std::string(endpoint.terminating ? endpoint.serving ? "+" : "-" : "") +
         pod + endpoint.address;
}

inline std::string ToText(const kube::EndpointSlice& slice) {
  std::string text = slice.meta.name.empty() ? slice.generate_name + "*" : std::string(slice.meta.name.get());
  text += " " + (slice.family ? std::string(ToString(*slice.family)) : "FQDN") + ": ";
  for (const kube::SliceEndpoint& endpoint : slice.endpoints) text += ToText(endpoint) + " ";
  text += "|";
  for (const kube::EndpointPort& port : slice.ports) text += " " + ToText(port);
  return text;
}

inline std::vector<std::string> ToText(const std::vector<kube::EndpointSlice>& slices) {
  std::vector<std::string> lines;
  for (const kube::EndpointSlice& slice : slices) lines.push_back(ToText(slice));
  return lines;
}

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_SLICE_TEXT_H_
