#include "lib/kube/pod.h"

#include <tuple>

namespace k8sm::kube {
namespace {

auto MetaOf(const Pod& pod) {
  const ObjectMeta& meta = pod.meta;
  return std::tie(meta.ns, meta.name, meta.uid, meta.creation_timestamp, meta.deletion_timestamp, meta.labels,
                  meta.annotations);
}

auto SpecOf(const Pod& pod) {
  return std::tie(pod.node_name, pod.hostname, pod.subdomain, pod.host_network, pod.ports);
}

auto StatusOf(const Pod& pod) {
  return std::tie(pod.phase, pod.ready, pod.ready_transition, pod.host_ip, pod.host_ips, pod.pod_ips);
}

}  // namespace

bool SameForEndpoints(const Pod& a, const Pod& b) {
  return MetaOf(a) == MetaOf(b) && SpecOf(a) == SpecOf(b) && StatusOf(a) == StatusOf(b);
}

}  // namespace k8sm::kube
