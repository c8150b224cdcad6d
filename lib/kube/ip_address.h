// Properties of IP addresses in text form.

#ifndef K8SM_LIB_KUBE_IP_ADDRESS_H_
#define K8SM_LIB_KUBE_IP_ADDRESS_H_

#include "lib/kube/ports.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

// Returns the family of an address; nullopt if the text is not an address. An IPv4-mapped IPv6 address
// ("::ffff:10.0.0.1") counts as IPv4, as in Kubernetes (k8s.io/utils/net).
std::optional<IpFamily> FamilyOf(std::string_view address);

// Returns the address in the form of RFC 5952 ("fd00::A:0" becomes "fd00::a:0"), which an EndpointSlice
// requires but a pod's status does not. Text that is not an address is returned unchanged.
std::string CanonicalAddress(std::string_view address);

// Returns why the API server rejects this address in an endpoint: "loopback", "link-local", "multicast",
// "unspecified", "an IPv4-mapped IPv6 address" or "not an IP address"; empty if it is valid. A single such
// address makes the API server reject the whole object (ValidateEndpointIP,
// k8s.io/kubernetes/pkg/apis/core/validation; for multicast, only the link-local range; mapped addresses
// since StrictIPCIDRValidation, k8s.io/apimachinery/pkg/util/validation).
std::string_view WhyNotAnEndpoint(std::string_view address);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_IP_ADDRESS_H_
