// Comparison of all fields of decoded objects.

#ifndef K8SM_TEST_UNIT_KUBE_PROTO_SAME_H_
#define K8SM_TEST_UNIT_KUBE_PROTO_SAME_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/watch_event.h"

#include <algorithm>
#include <tuple>

namespace k8sm::kube_proto {

inline bool Same(const kube::ObjectMeta& a, const kube::ObjectMeta& b) {
  const auto parts = [](const kube::ObjectMeta& meta) {
    return std::tie(meta.ns, meta.name, meta.uid, meta.resource_version, meta.creation_timestamp,
                    meta.deletion_timestamp, meta.labels, meta.annotations, meta.preserved,
                    meta.field_manager);
  };
  return parts(a) == parts(b);
}

inline bool Same(const kube::Pod& a, const kube::Pod& b) {
  const auto parts = [](const kube::Pod& pod) {
    return std::tie(pod.node_name, pod.hostname, pod.subdomain, pod.host_network, pod.ports, pod.phase,
                    pod.ready, pod.ready_transition, pod.host_ip, pod.host_ips, pod.pod_ips,
                    pod.node_selector, pod.mirror);
  };
  return Same(a.meta, b.meta) && parts(a) == parts(b);
}

inline bool Same(const kube::ServicePort& a, const kube::ServicePort& b) {
  const auto parts = [](const kube::ServicePort& port) {
    return std::tie(port.name, port.protocol, port.port, port.target_port, port.app_protocol, port.node_port);
  };
  return parts(a) == parts(b);
}

inline bool Same(const kube::Service& a, const kube::Service& b) {
  const auto parts = [](const kube::Service& service) {
    return std::tie(service.external_name, service.cluster_ip, service.ip_families, service.selector,
                    service.publish_not_ready_addresses, service.traffic_distribution);
  };
  const auto same_port = [](const kube::ServicePort& x, const kube::ServicePort& y) { return Same(x, y); };
  return Same(a.meta, b.meta) && parts(a) == parts(b) && std::ranges::equal(a.ports, b.ports, same_port);
}

inline bool Same(const kube::Endpoints& a, const kube::Endpoints& b) {
  return Same(a.meta, b.meta) && a.subsets == b.subsets && a.exact == b.exact;
}

inline bool Same(const kube::EndpointSlice& a, const kube::EndpointSlice& b) {
  const auto parts = [](const kube::EndpointSlice& slice) {
    return std::tie(slice.generate_name, slice.owner, slice.family, slice.ports, slice.endpoints);
  };
  return Same(a.meta, b.meta) && parts(a) == parts(b);
}

inline bool Same(const kube::Node& a, const kube::Node& b) {
  return Same(a.meta, b.meta) && a.zone == b.zone;
}

inline bool Same(const Error& a, const Error& b) {
  const auto parts = [](const Error& error) {
    return std::tie(error.code, error.message, error.http_status, error.cause, error.retry_after, error.sent);
  };
  return parts(a) == parts(b);
}

template <class T>
bool Same(const kube::WatchEvent<T>& a, const kube::WatchEvent<T>& b) {
  if (a.type != b.type || a.resource_version != b.resource_version) return false;
  if (a.initial_events_end != b.initial_events_end || !Same(a.error, b.error)) return false;
  if (a.object.has_value() != b.object.has_value()) return false;
  return !a.object || Same(*a.object, *b.object);
}

}  // namespace k8sm::kube_proto

#endif  // K8SM_TEST_UNIT_KUBE_PROTO_SAME_H_
