// Reasons for which a selected pod is not published.

#ifndef K8SM_LIB_ENDPOINTS_SKIP_H_
#define K8SM_LIB_ENDPOINTS_SKIP_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::endpoints {

// The reason, as a label of logs, metrics and events. Add new values to kSkipReasons, too.
enum class SkipReason : std::uint8_t {
  kNoContainerPort,    // no container declares the targetPort with that protocol
  kNoHostPort,         // the port is declared without a host port, and no annotation maps it
  kBadPortAnnotation,  // an annotation maps it to something that is not a port
  kNoHostIp,           // the pod's status has no host address of the service's family, or not yet
  kNoPodIp,            // the pod's status has no pod address of the service's family, or not yet
  kIpFamilyMismatch,   // the port is bound only to host addresses of the other family
  kUnusableHostIp,     // the API server would reject the whole object because of this address
  kUnusablePodIp,
  kNodeNotFound,      // the pod's Node does not exist: the pod is in Endpoints but in no slice
  kHostPortConflict,  // another pod of the service has the same address, port and protocol
};

inline constexpr std::size_t kSkipReasons = 10;

// The name in logs, metrics and events: "no_host_port".
std::string_view ToString(SkipReason reason);

// Whether a skip is likely to resolve itself.
enum class SkipOutlook : std::uint8_t {
  kStays,
  kStarting,     // the pod is pending on its node, which usually reports an address within seconds
  kUnscheduled,  // the pod has no node yet and therefore no address
};

// A reason and a sentence that explains it to the user: what is wrong and what to change. The sentence names
// the container, annotation or address at fault and has no final full stop.
struct Obstacle {
  SkipReason reason;
  std::string sentence;
  SkipOutlook outlook = SkipOutlook::kStays;
};

// Maximum number of bytes of untrusted text shown in a sentence.
inline constexpr std::size_t kShownBytes = 67;

// A pod that cannot be published for one service port: in Endpoints, or in the EndpointSlices of a further
// address family or because its Node does not exist.
struct Skip {
  kube::ObjectKey pod;
  kube::Uid pod_uid;
  // The service port's name, or its number if it has no name; empty for a headless service without ports.
  std::string service_port;
  SkipReason reason;
  std::string sentence;
  SkipOutlook outlook = SkipOutlook::kStays;
};

// Returns the value of Skip::service_port for a port.
std::string PortLabel(const kube::ServicePort& port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SKIP_H_
