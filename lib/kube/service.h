// The fields of a Service that affect endpoints.

#ifndef K8SM_LIB_KUBE_SERVICE_H_
#define K8SM_LIB_KUBE_SERVICE_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace k8sm::kube {

// A port of a service.
struct ServicePort {
  Symbol name;  // may be empty if there is only one port
  Protocol protocol = Protocol::kTcp;
  std::int32_t port = 0;
  // Number or name of a container port. Absent, 0 or "" is decoded as `port`, the API server's default.
  std::variant<std::int32_t, Symbol> target_port = 0;
  std::optional<Symbol> app_protocol;
  std::int32_t node_port = 0;  // 0: none
};

struct Service {
  ObjectMeta meta;

  bool external_name = false;  // type is ExternalName
  Symbol cluster_ip;           // "None" for a headless service; empty if not allocated
  std::vector<IpFamily> ip_families;
  LabelMap selector;
  std::vector<ServicePort> ports;
  bool publish_not_ready_addresses = false;
  Symbol traffic_distribution;  // "PreferSameZone" and the like; empty: none

  // Whether the service has a selector, so that a controller manages its endpoints.
  bool SelectsPods() const { return !external_name && !selector.empty(); }

  // Whether the service has a cluster IP (k8s.io/kubernetes/pkg/apis/core/v1/helper.IsServiceIPSet).
  // Endpoints of a service without one are labelled as headless.
  bool HasClusterIp() const { return !cluster_ip.get().empty() && cluster_ip.get() != "None"; }
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_SERVICE_H_
