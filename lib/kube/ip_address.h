// What the planner has to know of an IP address.

#ifndef K8SM_LIB_KUBE_IP_ADDRESS_H_
#define K8SM_LIB_KUBE_IP_ADDRESS_H_

#include "lib/kube/ports.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The family of an address in text form; nothing where it is no address. An IPv4-mapped IPv6 address
// ("::ffff:10.0.0.1") counts as IPv4, as it does in Kubernetes (k8s.io/utils/net).
std::optional<IpFamily> FamilyOf(const std::string& address);

// The address as RFC 5952 writes it ("fd00::A:0" as "fd00::a:0"): a pod's status may hold it in another way,
// but an EndpointSlice may not. What is no address stays as it is.
std::string CanonicalAddress(const std::string& address);

// Why nothing can be published at this address: "loopback", "link-local", "multicast", "unspecified", "an
// IPv4-mapped IPv6 address", "not an IP address"; empty where it can. The API server refuses a whole object
// for one such address (ValidateEndpointIP, k8s.io/kubernetes/pkg/apis/core/validation; of multicast it
// refuses the link-local part; mapped ones since StrictIPCIDRValidation,
// k8s.io/apimachinery/pkg/util/validation).
std::string_view WhyNotAnEndpoint(const std::string& address);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_IP_ADDRESS_H_
