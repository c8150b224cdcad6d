#include "lib/kube/pod.h"

#include "test/support/catch.h"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

using Change = std::function<void(Pod&)>;

Pod Running() {
  Pod pod;
  pod.meta.ns = Symbol("shop");
  pod.meta.name = Symbol("web-1");
  pod.meta.uid = Uid("u1");
  pod.meta.resource_version = "7";
  pod.phase = PodPhase::kRunning;
  pod.ports.push_back({.container = Symbol("main"), .container_port = 8080});
  return pod;
}

TEST_CASE("SameForEndpoints is false after a change of any field from which endpoints are computed") {
  const Timestamp now{std::chrono::seconds(1)};
  const std::vector<std::pair<std::string, Change>> changes = {
      {"namespace", [](Pod& pod) { pod.meta.ns = Symbol("other"); }},
      {"name", [](Pod& pod) { pod.meta.name = Symbol("other"); }},
      {"uid", [](Pod& pod) { pod.meta.uid = Uid("u2"); }},
      {"creation", [&](Pod& pod) { pod.meta.creation_timestamp = now; }},
      {"deletion", [&](Pod& pod) { pod.meta.deletion_timestamp = now; }},
      {"label", [](Pod& pod) { pod.meta.labels.Set(Symbol("app"), Symbol("web")); }},
      {"annotation", [](Pod& pod) { pod.meta.annotations.Set(Symbol("a"), Symbol("b")); }},
      {"node", [](Pod& pod) { pod.node_name = Symbol("node"); }},
      {"hostname", [](Pod& pod) { pod.hostname = Symbol("host"); }},
      {"subdomain", [](Pod& pod) { pod.subdomain = Symbol("sub"); }},
      {"host network", [](Pod& pod) { pod.host_network = true; }},
      {"one more port", [](Pod& pod) { pod.ports.push_back({}); }},
      {"container of a port", [](Pod& pod) { pod.ports[0].container = Symbol("other"); }},
      {"name of a port", [](Pod& pod) { pod.ports[0].name = Symbol("http"); }},
      {"host IP of a port", [](Pod& pod) { pod.ports[0].host_ip = Symbol("10.0.0.1"); }},
      {"number of a port", [](Pod& pod) { pod.ports[0].container_port = 9090; }},
      {"host port", [](Pod& pod) { pod.ports[0].host_port = 31080; }},
      {"protocol of a port", [](Pod& pod) { pod.ports[0].protocol = Protocol::kUdp; }},
      {"phase", [](Pod& pod) { pod.phase = PodPhase::kFailed; }},
      {"ready", [](Pod& pod) { pod.ready = true; }},
      {"time of ready", [&](Pod& pod) { pod.ready_transition = now; }},
      {"host IP", [](Pod& pod) { pod.host_ip = Symbol("10.0.0.1"); }},
      {"host IPs", [](Pod& pod) { pod.host_ips = {Symbol("10.0.0.1")}; }},
      {"pod IPs", [](Pod& pod) { pod.pod_ips = {Symbol("172.17.0.2")}; }},
  };
  for (const auto& [what, change] : changes) {
    CAPTURE(what);
    Pod pod = Running();
    change(pod);
    CHECK_FALSE(SameForEndpoints(Running(), pod));
    CHECK_FALSE(SameForEndpoints(pod, Running()));
    CHECK(SameForEndpoints(pod, Pod(pod)));
  }
}

TEST_CASE("SameForEndpoints ignores the version, the node selector and whether the pod is a mirror pod") {
  const std::vector<std::pair<std::string, Change>> changes = {
      {"nothing", [](Pod&) {}},
      {"version", [](Pod& pod) { pod.meta.resource_version = "8"; }},
      {"node selector", [](Pod& pod) { pod.node_selector.Set(Symbol("a"), Symbol("b")); }},
      {"mirror", [](Pod& pod) { pod.mirror = true; }},
  };
  for (const auto& [what, change] : changes) {
    CAPTURE(what);
    Pod pod = Running();
    change(pod);
    CHECK(SameForEndpoints(Running(), pod));
  }
}

}  // namespace
}  // namespace k8sm::kube
