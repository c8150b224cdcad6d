// A Service, as far as endpoints depend on it.

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

struct ServicePort {
  Symbol name;  // may be empty where it is the only one
  Protocol protocol = Protocol::kTcp;
  std::int32_t port = 0;
  // A container port's number or its name. Never empty: absent, 0 or "" is decoded as `port`, the API
  // server's default.
  std::variant<std::int32_t, Symbol> target_port = 0;
  std::optional<Symbol> app_protocol;
};

struct Service {
  ObjectMeta meta;

  bool external_name = false;  // type ExternalName
  Symbol cluster_ip;           // "None": headless; empty: not allocated
  std::vector<IpFamily> ip_families;
  LabelMap selector;
  std::vector<ServicePort> ports;
  bool publish_not_ready_addresses = false;
  // It is being deleted once the garbage collector has deleted what it owns: its slices are about to go
  // (the finalizer foregroundDeletion).
  bool foreground_deletion = false;
  Symbol traffic_distribution;  // "PreferSameZone" and the like; empty: none

  // Whether it selects pods, and its endpoints are a controller's business.
  bool SelectsPods() const { return !external_name && !selector.empty(); }

  // Whether it has a cluster IP of its own (k8s.io/kubernetes/pkg/apis/core/v1/helper.IsServiceIPSet);
  // without one its Endpoints are labelled as headless.
  bool HasClusterIp() const { return !cluster_ip.get().empty() && cluster_ip.get() != "None"; }
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_SERVICE_H_
