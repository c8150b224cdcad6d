// What the server adds to objects of each kind.

#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

TEST_CASE("a service gets its defaults and a cluster IP") {
  TestApi api;
  const Response one =
      api.Post(kServices, ServiceJson("one", R"("selector":{"app":"web"},"ports":[{"port":80}])"));
  CHECK(At(one, {"spec"}) ==
        R"({"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"selector":{"app":"web"},)"
        R"("clusterIP":"10.96.0.10","clusterIPs":["10.96.0.10"],"type":"ClusterIP","sessionAffinity":"None",)"
        R"("ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"})");
  CHECK(At(one, {"status"}) == R"({"loadBalancer":{}})");
  const Response two =
      api.Post(kServices, ServiceJson("two", R"("ports":[{"port":80,"targetPort":"http"}])"));
  CHECK(TextAt(two, {"spec", "clusterIP"}) == "10.96.0.11");
  CHECK(TextAt(two, {"spec", "ports", "0", "targetPort"}) == "http");
}

TEST_CASE("a headless service gets no cluster IP, and is dual-stack if it has no selector") {
  TestApi api;
  const Response selecting =
      api.Post(kServices, ServiceJson("a", R"("clusterIP":"None","selector":{"app":"web"})"));
  CHECK(selecting.status == 201);
  CHECK(At(selecting, {"spec", "clusterIPs"}) == R"(["None"])");
  CHECK(TextAt(selecting, {"spec", "ipFamilyPolicy"}) == "SingleStack");
  const Response bare = api.Post(kServices, ServiceJson("b", R"("clusterIP":"None")"));
  CHECK(TextAt(bare, {"spec", "ipFamilyPolicy"}) == "RequireDualStack");
  CHECK(At(bare, {"spec", "ipFamilies"}) == R"(["IPv4","IPv6"])");
}

TEST_CASE("a dual-stack service gets a cluster IP of each family") {
  TestApi api;
  const Response dual =
      api.Post(kServices, ServiceJson("a", R"("ipFamilyPolicy":"PreferDualStack","ports":[{"port":80}])"));
  CHECK(At(dual, {"spec", "ipFamilies"}) == R"(["IPv4","IPv6"])");
  CHECK(At(dual, {"spec", "clusterIPs"}) == R"(["10.96.0.10","fd00:96::b"])");
  const Response six = api.Post(
      kServices,
      ServiceJson("b", R"("ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv6"],"ports":[{"port":80}])"));
  CHECK(At(six, {"spec", "ipFamilies"}) == R"(["IPv6","IPv4"])");
  CHECK(TextAt(six, {"spec", "clusterIP"}).starts_with("fd00:96::"));
  const Response single =
      api.Post(kServices, ServiceJson("c", R"("ipFamilies":["IPv6"],"ports":[{"port":80}])"));
  CHECK(At(single, {"spec", "ipFamilies"}) == R"(["IPv6"])");
  CHECK(At(single, {"spec", "clusterIPs", "1"}).empty());
}

TEST_CASE("an ExternalName service gets no cluster IP and no IP families") {
  TestApi api;
  const Response response =
      api.Post(kServices, ServiceJson("a", R"("type":"ExternalName","externalName":"example.com")"));
  CHECK(At(response, {"spec"}) ==
        R"({"type":"ExternalName","sessionAffinity":"None","externalName":"example.com"})");
}

TEST_CASE("an update of a service keeps the cluster IP and the node port that it leaves out") {
  TestApi api;
  const Response created =
      api.Post(kServices, ServiceJson("a", R"("type":"NodePort","ports":[{"port":80}])"));
  CHECK(At(created, {"spec", "ports", "0", "nodePort"}) == "30000");
  CHECK(TextAt(created, {"spec", "externalTrafficPolicy"}) == "Cluster");
  const Response updated =
      api.Put(std::string(kServices) + "/a",
              ServiceJson("a", R"("type":"NodePort","ports":[{"port":80},{"name":"b","port":81}])"));
  CHECK(updated.status == 422);  // a name is missing
  const Response named = api.Put(
      std::string(kServices) + "/a",
      ServiceJson("a", R"("type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}])"));
  CHECK(At(named, {"spec", "clusterIP"}) == At(created, {"spec", "clusterIP"}));
  CHECK(At(named, {"spec", "ports", "0", "nodePort"}) == "30000");
  CHECK(At(named, {"spec", "ports", "1", "nodePort"}) != "30000");
}

TEST_CASE("the cluster IP of a deleted service can be assigned again") {
  TestApi api;
  const std::string fixed = R"("clusterIP":"10.96.7.7","ports":[{"port":80}])";
  CHECK(api.Post(kServices, ServiceJson("a", fixed)).status == 201);
  CHECK(api.Post(kServices, ServiceJson("b", fixed)).status == 422);
  CHECK(api.Delete(std::string(kServices) + "/a").status == 200);
  CHECK(api.Post(kServices, ServiceJson("b", fixed)).status == 201);
}

TEST_CASE("a pod gets its defaults") {
  TestApi api;
  const Response pod = api.Post(kPods, PodJson("p"));
  CHECK(
      At(pod, {"spec"}) ==
      R"({"containers":[{"name":"main","image":"example/app:1","ports":[{"name":"http","containerPort":8080,)"
      R"("protocol":"TCP"}],"resources":{},"terminationMessagePath":"/dev/termination-log",)"
      R"("terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always",)"
      R"("terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},)"
      R"("schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready",)"
      R"("operator":"Exists","effect":"NoExecute","tolerationSeconds":300},)"
      R"({"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute",)"
      R"("tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,)"
      R"("preemptionPolicy":"PreemptLowerPriority"})");
  CHECK(At(pod, {"status"}) == R"({"phase":"Pending","qosClass":"BestEffort"})");
  CHECK(At(pod, {"metadata", "generation"}) == "1");
}

TEST_CASE("a hostNetwork pod gets host ports, and its pull policy and QoS class follow from its containers") {
  TestApi api;
  const Response pod = api.Post(kPods, R"({"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[
      {"name":"main","image":"app","ports":[{"containerPort":8080}],"resources":{"requests":{"cpu":1}}}]}})");
  CHECK(At(pod, {"spec", "containers", "0", "ports", "0", "hostPort"}) == "8080");
  CHECK(TextAt(pod, {"spec", "containers", "0", "imagePullPolicy"}) == "Always");
  CHECK(TextAt(pod, {"status", "qosClass"}) == "Burstable");
  CHECK(At(pod, {"spec", "containers", "0", "resources"}) == R"({"requests":{"cpu":1}})");
}

TEST_CASE("podIP and hostIP of a pod are kept consistent with podIPs and hostIPs") {
  TestApi api;
  api.Post(kPods, PodJson("p"));
  const std::string status = std::string(kPods) + "/p/status";
  const Response lists = api.MergePatch(
      status, R"({"status":{"podIPs":[{"ip":"10.1.0.1"},{"ip":"fd00::1"}],"hostIPs":[{"ip":"10.0.0.1"}]}})");
  CHECK(TextAt(lists, {"status", "podIP"}) == "10.1.0.1");
  CHECK(TextAt(lists, {"status", "hostIP"}) == "10.0.0.1");
  const Response single = api.MergePatch(status, R"({"status":{"podIP":"10.1.0.9"}})");
  CHECK(At(single, {"status", "podIPs"}) == R"([{"ip":"10.1.0.9"}])");
}

TEST_CASE("subsets of Endpoints are repacked into their canonical form") {
  TestApi api;
  const Response packed = api.Post(kEndpoints, R"({"metadata":{"name":"web"},"subsets":[
      {"addresses":[{"ip":"10.0.0.2"},{"ip":"10.0.0.1"},{"ip":"10.0.0.1"}],"ports":[{"name":"a","port":80}]},
      {"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"name":"b","port":81}]},
      {"addresses":[{"ip":"10.0.0.3"}],"notReadyAddresses":[{"ip":"10.0.0.3"}],"ports":[{"name":"c","port":82}]}]})");
  CHECK(
      At(packed, {"subsets"}) ==
      R"([{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"name":"a","port":80,"protocol":"TCP"},)"
      R"({"name":"b","port":81,"protocol":"TCP"}]},)"
      R"({"notReadyAddresses":[{"ip":"10.0.0.3"}],"ports":[{"name":"c","port":82,"protocol":"TCP"}]}])");
}

TEST_CASE("an IP address with two targetRefs is kept as two addresses") {
  TestApi api;
  const Response packed = api.Post(kEndpoints, R"({"metadata":{"name":"web"},"subsets":[{"addresses":[
      {"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"b","uid":"2"}},
      {"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"a","uid":"1"}}]}]})");
  CHECK(At(packed, {"subsets"}) ==
        R"([{"addresses":[{"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"a","uid":"1"}},)"
        R"({"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"b","uid":"2"}}]}])");
}

TEST_CASE(
    "slice ports default to an empty name and TCP, and only a change of the content raises the generation") {
  TestApi api;
  const Response slice =
      api.Post(kSlices, R"({"metadata":{"name":"s"},"addressType":"IPv4","ports":[{"port":80}],
      "endpoints":[{"addresses":["10.0.0.1"]}]})");
  CHECK(At(slice, {"ports"}) == R"([{"name":"","protocol":"TCP","port":80}])");
  CHECK(At(slice, {"endpoints"}) == R"([{"addresses":["10.0.0.1"],"conditions":{}}])");
  const Response labelled =
      api.MergePatch(std::string(kSlices) + "/s", R"({"metadata":{"annotations":{"a":"b"}}})");
  CHECK(At(labelled, {"metadata", "generation"}) == "1");
  const Response changed =
      api.MergePatch(std::string(kSlices) + "/s", R"({"endpoints":[{"addresses":["10.0.0.2"]}]})");
  CHECK(At(changed, {"metadata", "generation"}) == "2");
}

TEST_CASE("a new namespace is Active, is labelled with its name and has the kubernetes finalizer") {
  TestApi api;
  const Response ns = api.Post("/api/v1/namespaces", R"({"metadata":{"name":"shop"}})");
  CHECK(At(ns, {"metadata", "labels"}) == R"({"kubernetes.io/metadata.name":"shop"})");
  CHECK(At(ns, {"spec"}) == R"({"finalizers":["kubernetes"]})");
  CHECK(At(ns, {"status"}) == R"({"phase":"Active"})");
}

}  // namespace
}  // namespace k8sm::apiserver
