// Renders subsets of Endpoints as text, one line each, for readable expectations and failures:
//
//   "a@10.0.0.11 !b@10.0.0.12 | http:31080/TCP metrics:31090/TCP"
//
// An address is POD@ADDRESS, prefixed with "!" if it is not ready.

#ifndef K8SM_TEST_SUPPORT_SUBSET_TEXT_H_
#define K8SM_TEST_SUPPORT_SUBSET_TEXT_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/ports.h"

#include <string>
#include <vector>

namespace k8sm::test {

inline std::string ToText(const kube::EndpointAddress& address) {
  const std::string pod = address.target_ref ? address.target_ref->name + "@" : "";
  return pod + address.ip;
}

inline std::string ToText(const kube::EndpointPort& port) {
  const std::string name = port.name.get().empty() ? "" : port.name + ":";
  const std::string app = port.app_protocol ? "(" + *port.app_protocol + ")" : "";
  return name + std::to_string(port.port) + "/" + std::string(ToString(port.protocol)) + app;
}

inline std::string ToText(const kube::EndpointSubset& subset) {
  std::string text;
  for (const kube::EndpointAddress& address : subset.addresses) text += ToText(address) + " ";
  for (const kube::EndpointAddress& address : subset.not_ready_addresses) text += "!" + ToText(address) + " ";
  text += "|";
  for (const kube::EndpointPort& port : subset.ports) text += " " + ToText(port);
  return text;
}

inline std::vector<std::string> ToText(const std::vector<kube::EndpointSubset>& subsets) {
  std::vector<std::string> lines;
  for (const kube::EndpointSubset& subset : subsets) lines.push_back(ToText(subset));
  return lines;
}

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_SUBSET_TEXT_H_
