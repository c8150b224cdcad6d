// Measures how fast a list of pods is framed and decoded: k8sm-decode-bench [PODS]. Uses one thread; prints
// the CPU time of the best of five runs.

#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using k8sm::kube::Pod;
using k8sm::kube_json::Decode;
using k8sm::kube_json::ListFramer;

constexpr std::size_t kChunkBytes = 64 << 10;

// A typical pod as an API server sends it, most of which is not read here; @ stands for the pod's number.
constexpr std::string_view kPodText =
    R"({"metadata":{"name":"web-7d4b9c6f5-@","generateName":"web-7d4b9c6f5-",)"
    R"("namespace":"shop","uid":"0a1b2c3d-d7d6-4f62-8372-@","resourceVersion":"16@","generation":1,)"
    R"("creationTimestamp":"2026-11-22T10:46:43Z","labels":{"app":"web","pod-template-hash":"7d4b9c6f5",)"
    R"("tier":"front"},"annotations":{"k8s.mesosphere.io/port_TCP_8080":"31005",)"
    R"("prometheus.io/scrape":"true"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet",)"
    R"("name":"web-7d4b9c6f5","uid":"1f21a575-45ab-4763-b5b0-c283fb3b878b","controller":true}],)"
    R"("managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",)"
    R"("time":"2026-11-22T10:46:43Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},)"
    R"("f:labels":{".":{},"f:app":{},"f:pod-template-hash":{},"f:tier":{}},"f:ownerReferences":{".":{},)"
    R"("k:{\"uid\":\"1f21a575-45ab-4763-b5b0-c283fb3b878b\"}":{}}},"f:spec":{"f:containers":{)"
    R"("k:{\"name\":\"main\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"CACHE\"}":{".":{},"f:name":{},)"
    R"("f:value":{}},"k:{\"name\":\"DATABASE\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},)"
    R"("f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},)"
    R"("k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:hostPort":{},)"
    R"("f:name":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},)"
    R"("f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},)"
    R"("f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}},)"
    R"({"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-11-22T10:46:49Z",)"
    R"("fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{)"
    R"(".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},)"
    R"("k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},)"
    R"("f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},)"
    R"("f:podIPs":{".":{},"k:{\"ip\":\"172.17.205.28\"}":{".":{},"f:ip":{}}},"f:startTime":{}}},)"
    R"("subresource":"status"}]},"spec":{"volumes":[{"name":"kube-api-access-x7k2p","projected":{"sources":[)"
    R"({"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{)"
    R"("name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],)"
    R"("containers":[{"name":"main","image":"registry.example/shop/web:1.42.0","ports":[{"name":"http",)"
    R"("hostPort":31080,"containerPort":8080,"protocol":"TCP"}],"env":[{"name":"CACHE",)"
    R"("value":"cache.shop.svc.cluster.local:6379"},{"name":"DATABASE","value":"db.shop.svc.cluster.local"}],)"
    R"("resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"250m","memory":"512Mi"}},)"
    R"("volumeMounts":[{"name":"kube-api-access-x7k2p","readOnly":true,)"
    R"("mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],)"
    R"("terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",)"
    R"("imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,)"
    R"("dnsPolicy":"ClusterFirst","serviceAccountName":"default","nodeName":"node-17","securityContext":{},)"
    R"("schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready",)"
    R"("operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,)"
    R"("enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Running",)"
    R"("conditions":[{"type":"Initialized","status":"True","lastProbeTime":null,)"
    R"("lastTransitionTime":"2026-11-22T10:46:43Z"},{"type":"Ready","status":"True","lastProbeTime":null,)"
    R"("lastTransitionTime":"2026-11-22T10:46:49Z"}],"hostIP":"10.0.0.11","hostIPs":[{"ip":"10.0.0.11"}],)"
    R"("podIP":"172.17.0.@","podIPs":[{"ip":"172.17.0.@"}],"startTime":"2026-11-22T10:46:43Z",)"
    R"("containerStatuses":[{"name":"main","state":{"running":{"startedAt":"2026-11-22T10:46:48Z"}},)"
    R"("lastState":{},"ready":true,"restartCount":0,"image":"registry.example/shop/web:1.42.0",)"
    R"("imageID":"registry.example/shop/web@sha256:)"
    R"(3b6f6a2f3c0a4b1d8e9f7a5c2d1e0f3b6f6a2f3c0a4b1d8e9f7a5c2d1e0f3b6f",)"
    R"("containerID":"containerd://)"
    R"(9c1d7e5f3a2b4c6d8e0f1a3b5c7d9e1f9c1d7e5f3a2b4c6d8e0f1a3b5c7d9e1f","started":true}],)"
    R"("qosClass":"Burstable"}})";

std::string PodList(std::size_t pods) {
  std::string list = R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[)";
  for (std::size_t i = 0; i < pods; ++i) {
    if (i > 0) list += ',';
    const std::string number = std::to_string(100'000 + i);
    for (const char c : kPodText) c == '@' ? list += number : list += c;
  }
  return list + "]}";
}

struct Seconds {
  double framing = 0;
  double all = 0;
};

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Pushes the list as it would come off a connection and calls visit(text) for each item.
template <class Visit>
double TimeFraming(const std::string& list, Visit visit) {
  const double start = CpuSeconds();
  ListFramer framer;
  for (std::size_t pos = 0; pos < list.size(); pos += kChunkBytes) {
    framer.Push(std::string_view(list).substr(pos, kChunkBytes));
    while (const auto item = framer.Next()) visit(item->value());
  }
  return CpuSeconds() - start;
}

Seconds Run(const std::string& list, std::vector<Pod>& pods) {
  pods.clear();
  Seconds seconds;
  seconds.framing = TimeFraming(list, [](std::string_view) {});
  seconds.all = TimeFraming(list, [&](std::string_view text) { pods.push_back(Decode<Pod>(text).value()); });
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20'000;
  const std::string list = PodList(count);
  std::vector<Pod> pods;
  Seconds best{1e9, 1e9};
  for (int run = 0; run < 5; ++run) {
    const Seconds seconds = Run(list, pods);
    best = {std::min(best.framing, seconds.framing), std::min(best.all, seconds.all)};
  }
  const double mb = static_cast<double>(list.size()) / 1e6;
  std::printf("%zu pods, %.1f MB\n", pods.size(), mb);
  std::printf("framing:              %.3f s  %8.0f MB/s\n", best.framing, mb / best.framing);
  std::printf("framing and decoding: %.3f s  %8.0f MB/s  %8.0f pods/s\n", best.all, mb / best.all,
              static_cast<double>(pods.size()) / best.all);
  return 0;
}
