#include "controller/ports_program/cluster_json.h"

#include "test/support/catch.h"

#include <map>
#include <string>

namespace k8sm::ports_program {
namespace {

Cluster Read(const std::string& text, const std::string& kind = "") {
  Cluster cluster;
  ClusterReader reader(kind, cluster);
  INFO(text);
  REQUIRE(reader.Push(text).has_value());
  REQUIRE(reader.Finish().has_value());
  return cluster;
}

std::string ClaimsOf(const ClusterPod& pod) {
  std::string text;
  for (const ports::Claim& claim : pod.holder.claims) {
    text += std::to_string(claim.port) + "/" + std::string(ToString(claim.protocol)) + claim.host_ip +
            (claim.counted ? " " : "(not counted) ");
  }
  return text;
}

std::string List(const std::string& items) {
  return R"({"kind":"List","apiVersion":"v1","metadata":{},"items":[)" + items + "]}";
}

TEST_CASE("ClusterReader reads all of a pod that concerns ports", "[ports_program]") {
  const Cluster cluster =
      Read(List(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop","uid":"u1",)"
                R"("creationTimestamp":"2026-11-22T10:00:00Z","deletionTimestamp":"2026-11-22T10:34:21Z",)"
                R"("labels":{"app":"web","k8s.mesosphere.io/portMapping":"fixed"},)"
                R"("annotations":{"k8s.mesosphere.io/roles":"web","kubernetes.io/config.mirror":"x"}},)"
                R"("spec":{"nodeName":"n1","nodeSelector":{"rack":"r1"},"containers":[{"ports":[)"
                R"({"containerPort":80,"hostPort":31000},{"containerPort":81},)"
                R"({"containerPort":82,"hostPort":31001,"protocol":"UDP","hostIP":"10.0.0.9"}]}],)"
                R"("initContainers":[{"ports":[{"containerPort":83,"hostPort":31002}]},)"
                R"({"restartPolicy":"Always","ports":[{"containerPort":84,"hostPort":31003}]}]},)"
                R"("status":{"phase":"Running"}})"));
  REQUIRE(cluster.pods.size() == 1);
  const ClusterPod& pod = cluster.pods[0];
  CHECK(NameOf(pod.holder) == "shop/web");
  CHECK(pod.holder.node.get() == "n1");
  CHECK(pod.holder.leaving);
  CHECK(pod.holder.mirror);
  CHECK(pod.bound());
  CHECK_FALSE(pod.pending());
  CHECK_FALSE(pod.ended);
  CHECK(pod.created.has_value());
  CHECK(ClaimsOf(pod) == "31000/TCP 31001/UDP10.0.0.9 31003/TCP(not counted) ");
  CHECK(pod.spec.ports.size() == 3);
  CHECK(pod.spec.roles == "web");
  CHECK(pod.spec.port_mapping == "fixed");
  CHECK(*pod.spec.selector.Find("rack") == "r1");
  CHECK(*pod.labels.Find("app") == "web");
}

TEST_CASE("a pod holds the ports that the scheduler mapped for it", "[ports_program]") {
  const Cluster cluster = Read(
      List(R"({"kind":"Pod","metadata":{"name":"a","annotations":{"k8s.mesosphere.io/port_TCP_80":"31005",)"
           R"("k8s.mesosphere.io/portName_UDP_dns":"31006","k8s.mesosphere.io/port_TCP_82":"x",)"
           R"("k8s.mesosphere.io/portName_TCP_web":"x","k8s.mesosphere.io/port_TCP_83":"31008"}},)"
           R"("spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":0},{"containerPort":81},)"
           R"({"containerPort":53,"protocol":"UDP","name":"dns"},{"containerPort":82,"hostPort":31007},)"
           R"({"containerPort":83,"name":"web"}]}]}})"));
  CHECK(ClaimsOf(cluster.pods[0]) == "31005/TCP 31006/UDP 31007/TCP 31008/TCP ");
}

TEST_CASE("with hostNetwork, a pod holds its container ports", "[ports_program]") {
  const Cluster cluster =
      Read(List(R"({"kind":"Pod","metadata":{"name":"a"},"spec":{"hostNetwork":true,)"
                R"("containers":[{"ports":[{"containerPort":53}]}]},"status":{"phase":"Failed"}})"));
  CHECK(ClaimsOf(cluster.pods[0]) == "53/TCP ");
  CHECK(cluster.pods[0].ended);
  CHECK_FALSE(cluster.pods[0].pending());
}

TEST_CASE("node ports and the labels of Nodes are read, and objects of other kinds are skipped",
          "[ports_program]") {
  const Cluster cluster = Read(List(
      R"({"kind":"Service","metadata":{"name":"front","namespace":"shop"},"spec":{"ports":[{"nodePort":31008},{"port":1}]}},)"
      R"({"kind":"Node","metadata":{"name":"n1","labels":{"rack":"r1"}}},{"kind":"ConfigMap","metadata":7})"));
  CHECK(cluster.node_ports == std::map<ports::Port, std::string>{{31008, "shop/front"}});
  REQUIRE(cluster.node_labels.has_value());
  CHECK(*cluster.node_labels->at("n1").Find("rack") == "r1");
  CHECK_FALSE(Read(List("")).node_labels.has_value());
}

TEST_CASE("an item without a kind has the kind of its list", "[ports_program]") {
  CHECK(Read(List(R"({"metadata":{"name":"a"}})"), "Pod").pods.size() == 1);
  CHECK(Read(List(R"({"metadata":{"name":"a"}})"), "").pods.empty());
}

TEST_CASE("an error names the object and the field", "[ports_program]") {
  Cluster cluster;
  ClusterReader reader("", cluster);
  const auto pushed = reader.Push(List(
      R"({"kind":"Pod","metadata":{"name":"a","namespace":"b"},"spec":{"containers":[{"ports":[{"hostPort":70000}]}]}})"));
  REQUIRE(pushed.has_error());
  CHECK(pushed.error().message ==
        "Pod b/a: .spec.containers[0].ports[0].hostPort: expected a port from 0 to 65535");
  ClusterReader cut("", cluster);
  REQUIRE(cut.Push(R"({"items":[)").has_value());
  CHECK(cut.Finish().has_error());
}

TEST_CASE("a mapped port is a whole number from 1 to 65535, and maps by name only a port that has one",
          "[ports_program]") {
  const auto claims = [](const std::string& annotation, const std::string& text) {
    return ClaimsOf(
        Read(List(R"({"kind":"Pod","metadata":{"name":"a","annotations":{")" + annotation + R"(":")" + text +
                  R"("}},"spec":{"containers":[{"ports":[{"containerPort":80}]}]}})"))
            .pods[0]);
  };
  const std::string by_number = "k8s.mesosphere.io/port_TCP_80";
  CHECK(claims(by_number, "1") == "1/TCP ");
  CHECK(claims(by_number, "65535") == "65535/TCP ");
  for (const char* no_port : {"0", "65536", "99999999999", "80x", " 80", "-80", ""}) {
    CAPTURE(no_port);
    CHECK(claims(by_number, no_port).empty());
  }
  CHECK(claims("k8s.mesosphere.io/portName_TCP_", "31000").empty());
}

TEST_CASE("the labels of each Node are kept, and for a node port the first Service", "[ports_program]") {
  const Cluster cluster = Read(List(
      R"({"kind":"Node","metadata":{"name":"n1","labels":{"rack":"r1"}}},)"
      R"({"kind":"Node","metadata":{"name":"n2","labels":{"rack":"r2"}}},)"
      R"({"kind":"Service","metadata":{"name":"a","namespace":"b"},"spec":{"ports":[{"nodePort":65535}]}},)"
      R"({"kind":"Service","metadata":{"name":"c","namespace":"b"},"spec":{"ports":[{"nodePort":65535}]}})"));
  REQUIRE(cluster.node_labels.has_value());
  REQUIRE(cluster.node_labels->size() == 2);
  CHECK(*cluster.node_labels->at("n1").Find("rack") == "r1");
  CHECK(*cluster.node_labels->at("n2").Find("rack") == "r2");
  CHECK(cluster.node_ports == std::map<ports::Port, std::string>{{65535, "b/a"}});
}

TEST_CASE("a negative port is an error, and a long name is cut in its message", "[ports_program]") {
  Cluster cluster;
  ClusterReader reader("", cluster);
  const auto pushed = reader.Push(List(R"({"kind":"Service","metadata":{"name":")" + std::string(400, 'n') +
                                       R"(","namespace":"b"},"spec":{"ports":[{"nodePort":-1}]}})"));
  REQUIRE(pushed.has_error());
  CHECK(pushed.error().code == Errc::kMalformed);
  CHECK(pushed.error().message == "Service b/" + std::string(287, 'n') +
                                      "...: .spec.ports[0].nodePort: expected a port from 0 to 65535");
}

TEST_CASE("a single object is refused as no list, and an empty list is accepted", "[ports_program]") {
  Cluster cluster;
  for (const char* text : {R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"}})", "{}"}) {
    CAPTURE(text);
    ClusterReader reader("", cluster);
    REQUIRE(reader.Push(text).has_value());
    const auto finished = reader.Finish();
    REQUIRE(finished.has_error());
    CHECK(finished.error().message == "a list that was cut off, or is none");
  }
  CHECK(Read(List("")).pods.empty());
  CHECK(Read(R"({"items":null})").pods.empty());
}

TEST_CASE("an object of more than 3 MiB is refused, and a page returns its continue token",
          "[ports_program]") {
  Cluster cluster;
  ClusterReader large("", cluster);
  const std::string filler(4 << 20, 'x');
  CHECK(large.Push(List(R"({"kind":"ConfigMap","data":")" + filler + "\"}")).has_error());
  ClusterReader page("Pod", cluster);
  REQUIRE(page.Push(R"({"metadata":{"resourceVersion":"7","continue":"next"},"items":[]})").has_value());
  CHECK(page.continue_token().value() == "next");
  ClusterReader last("Pod", cluster);
  REQUIRE(last.Push(R"({"metadata":{"resourceVersion":"7"},"items":[]})").has_value());
  CHECK(last.continue_token().value().empty());
}

TEST_CASE(
    "of a list whose metadata cannot be read it is not known whether it goes on, and its items are read",
    "[ports_program]") {
  const auto [metadata, problem] = GENERATE(table<std::string, std::string>({
      {"", "a list's metadata: .resourceVersion: missing"},
      {R"("metadata":{},)", "a list's metadata: .resourceVersion: missing"},
      {R"("metadata":{"continue":"next"},)", "a list's metadata: .resourceVersion: missing"},
      {R"("metadata":{"resourceVersion":"7","continue":7},)",
       "a list's metadata: .continue: expected a string, got an integer"},
  }));
  CAPTURE(metadata);
  Cluster cluster;
  ClusterReader page("Node", cluster);
  REQUIRE(page.Push("{" + metadata + R"("items":[{"metadata":{"name":"n1"}}]})").has_value());
  REQUIRE(page.Finish().has_value());
  CHECK(cluster.node_labels->contains("n1"));
  REQUIRE(page.continue_token().has_error());
  CHECK(page.continue_token().error().message == problem);
}

}  // namespace
}  // namespace k8sm::ports_program
