// Why a pod that a service selects is not published.

#ifndef K8SM_LIB_ENDPOINTS_SKIP_H_
#define K8SM_LIB_ENDPOINTS_SKIP_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::endpoints {

enum class SkipReason : std::uint8_t {
  kNoContainerPort,    // no container declares the targetPort with that protocol
  kNoHostPort,         // it is declared, without a host port, and no annotation maps it
  kBadPortAnnotation,  // an annotation maps it, to something that is no port
  kNoHostIp,           // the pod's status has no host address of the service's family (yet)
  kNoPodIp,            // likewise, no pod address
  kIpFamilyMismatch,   // the port is bound to host addresses of the other family alone
  kUnusableHostIp,     // the API server would refuse the whole object for this address
  kUnusablePodIp,
  kNodeNotFound,      // the pod's Node does not exist: it is in Endpoints and in no slice
  kHostPortConflict,  // another pod of the service holds the same address, port and protocol
};

inline constexpr std::size_t kSkipReasons = 10;

// As in the log, in metrics and events: "no_host_port".
std::string_view ToString(SkipReason reason);

// What becomes of a skip that nobody does anything about.
enum class SkipOutlook : std::uint8_t {
  kStays,
  kStarting,     // the pod is pending on its node, which tells of an address within seconds as a rule
  kUnscheduled,  // the pod has no node yet, and so no address
};

// A reason with its sentence: what is wrong and what to change, for the person who can change it. Names the
// container, annotation or address at fault; no final stop.
struct Obstacle {
  SkipReason reason;
  std::string sentence;
  SkipOutlook outlook = SkipOutlook::kStays;
};

// How much of a text from outside a sentence shows, in bytes.
inline constexpr std::size_t kShownBytes = 67;

// A pod that can't be published for one port of a service, in Endpoints or, of a further address family and
// where its node does not exist, in EndpointSlices.
struct Skip {
  kube::ObjectKey pod;
  kube::Symbol pod_uid;
  // The service port's name, else its number; empty for a headless service without ports.
  std::string service_port;
  SkipReason reason;
  std::string sentence;
  SkipOutlook outlook = SkipOutlook::kStays;
};

// What stands in Skip::service_port.
std::string PortLabel(const kube::ServicePort& port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SKIP_H_
