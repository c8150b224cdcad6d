// What k8sm-ports reads from these pages is what the controller knows.

#include "controller/port_space/state_pages.h"

#include "controller/port_space/pod_ports.h"
#include "controller/ports_program/cluster_json.h"
#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "lib/mesos/agents_decoder.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/client/script_server.h"
#include "test/unit/port_space/watch_stage.h"
#include "test/unit/ports_program/servers.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Symbol;
using test::MakePod;

std::string PageOf(const http_server::Router& router, const std::string& path) {
  http_server::Page page = router.MakePage({.path = path, .query = {}, .accept = {}, .body = {}});
  CHECK(page.status == 200);
  while (page.steps && page.steps->Next(page.body)) {
  }
  return page.body;
}

struct Pages {
  explicit Pages(std::uint16_t api_port = 1)
      : stage(api_port), watch(stage.Start(stage.master->port(), true, std::chrono::milliseconds(100))) {
    AddPortStatePages(watch, stage.cluster.cache, router);
  }
  void WaitForReport() {
    stage.RunUntil([this] { return watch.report() != nullptr; });
  }

  Stage stage;
  const PortWatch& watch;
  http_server::Router router;
};

TEST_CASE("the state pages answer 503 until the agents are known", "[state_pages]") {
  const Pages pages;
  for (const char* path : {"/debug/ports/agents", "/debug/ports/pods"})
    CHECK(pages.router.MakePage({.path = path, .query = {}, .accept = {}, .body = {}}).status == 503);
}

TEST_CASE("the agents read from /debug/ports/agents are those that the master reported", "[state_pages]") {
  Pages pages;
  // With roles, without ports, inactive, and of Mesos 0.22.
  pages.stage.master->state().answer = R"({"slaves":[
    {"id":"S1","hostname":"n1","active":true,"attributes":{"rack":"r1","zone":"a"},
     "resources":{"ports":"[31000-31019, 31030-31030]"},"used_resources":{"ports":"[31001-31002]"},
     "reserved_resources":{"fixed":{"ports":"[31010-31019, 31030-31030]"}},
     "unreserved_resources":{"ports":"[31000-31009]"}},
    {"id":"S2","hostname":"n2","active":true,"attributes":{},"resources":{},"used_resources":{},
     "reserved_resources":{},"unreserved_resources":{}},
    {"id":"S3","hostname":"n3","active":false,"attributes":{},"resources":{"ports":"[1-2]"},"used_resources":{},
     "reserved_resources":{},"unreserved_resources":{"ports":"[1-2]"}},
    {"id":"S4","hostname":"n4","active":true,"attributes":{},"resources":{"ports":"[5-6]"}}
  ],"recovered_slaves":[]})";
  pages.WaitForReport();
  const auto read = mesos::DecodeAgents(PageOf(pages.router, "/debug/ports/agents"));
  REQUIRE(read.has_value());
  CHECK(read->unreadable == 0);
  const auto& known = pages.watch.report()->space.agents();
  REQUIRE(known.size() == 4);
  REQUIRE(read->agents.size() == 4);
  for (std::size_t i = 0; i < known.size(); ++i) {
    CAPTURE(i);
    CHECK(read->agents[i] == known[i]);
  }
}

TEST_CASE("who reads a saved list of agents that is not complete does not take it for complete",
          "[state_pages]") {
  Pages pages;
  pages.stage.master->state().recovered = 1;
  pages.WaitForReport();
  CHECK(mesos::DecodeAgents(PageOf(pages.router, "/debug/ports/agents"))->recovered == 1);
  pages.stage.master->state().recovered = 0;
  pages.stage.RunUntil([&] { return pages.watch.report()->space.known(); });
  CHECK(mesos::DecodeAgents(PageOf(pages.router, "/debug/ports/agents"))->recovered == 0);
}

// Pods of each kind that holds or requests ports.
std::vector<kube::Pod> MakePods() {
  std::vector<kube::Pod> pods = {
      MakePod("plain").Port({.number = 80, .name = "http", .host_port = 31000}),
      MakePod("bound").Port(
          {.number = 53, .host_port = 53, .protocol = kube::Protocol::kUdp, .host_ip = "10.0.0.1"}),
      MakePod("mapped")
          .Port({.number = 80, .name = "http"})
          .Port({.number = 81, .name = "other"})
          .Port({.number = 82})
          .Annotation("k8s.mesosphere.io/portName_TCP_http", "31001")
          .Annotation("k8s.mesosphere.io/port_TCP_81", "31002")
          .Annotation("k8s.mesosphere.io/port_TCP_82", "31003"),
      MakePod("host-network").HostNetwork().Port({.number = 9100}),
      MakePod("sidecar").Port({.number = 80, .host_port = 31004}).Port({.number = 81, .host_port = 31005}),
      MakePod("static").Port({.number = 80, .host_port = 31006}),
      MakePod("leaving").Terminating().Port({.number = 80, .host_port = 31007}),
      MakePod("done").Phase(kube::PodPhase::kSucceeded).Port({.number = 80, .host_port = 31008}),
      MakePod("failed").Phase(kube::PodPhase::kFailed).Port({.number = 80, .host_port = 31009}),
      MakePod("pending")
          .Unscheduled()
          .Label("k8s.mesosphere.io/portMapping", "fixed")
          .Port({.number = 80, .host_port = 31010}),
      MakePod("none"),
  };
  pods[4].ports.back().sidecar = true;
  pods[5].mirror = true;
  pods[5].meta.annotations.Set(Symbol(kube::kRolesAnnotation), Symbol("fixed,*"));
  pods[9].node_selector.Set(Symbol("rack"), Symbol("r1"));
  return pods;
}

std::string Describe(const ports::Claim& claim) {
  return claim.host_ip + ":" + std::to_string(claim.port) + "/" + std::string(ToString(claim.protocol)) +
         (claim.counted ? "" : " of a sidecar");
}

std::string Describe(const ports::Holder& holder) {
  std::string text = holder.ns + "/" + holder.name + " " + holder.uid.Text() + " on " + holder.node +
                     (holder.leaving ? " leaving" : "") + (holder.mirror ? " mirror" : "");
  for (const ports::Claim& claim : holder.claims) text += " " + Describe(claim);
  return text;
}

std::string Describe(const ports::PodSpec& spec) {
  std::string text = spec.roles.value_or("no roles") + " " + spec.port_mapping.value_or("no mapping") + " " +
                     spec.node + (spec.host_network ? " on the host's network" : "");
  for (const ports::DeclaredPort& port : spec.ports)
    text += " " + std::to_string(port.container_port) + "->" + std::to_string(port.host_port);
  for (const kube::Label& label : spec.selector) text += " " + label.key + "=" + label.value;
  return text;
}

TEST_CASE("the pods read from /debug/ports/pods have the ports that they hold and request", "[state_pages]") {
  Pages pages;
  std::map<std::string, kube::Pod> known;
  int version = 0;
  for (kube::Pod& pod : MakePods()) {
    pod.meta.resource_version = std::to_string(++version);
    known.emplace(pod.meta.name.get(), pod);
    pages.stage.cluster.cache.pods().Apply(std::move(pod));
  }
  pages.WaitForReport();
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(PageOf(pages.router, "/debug/ports/pods")).has_value());
  REQUIRE(reader.Finish().has_value());
  CHECK(cluster.pods.size() == known.size());
  for (const ports_program::ClusterPod& read : cluster.pods) {
    const kube::Pod& pod = known.at(std::string(read.holder.name.get()));
    CHECK(Describe(read.holder) == Describe(HolderOf(pod)));
    CHECK(Describe(read.spec) == Describe(SpecOf(pod)));
    CHECK(read.labels == pod.meta.labels);
    CHECK(read.created == pod.meta.creation_timestamp);
    CHECK(read.ended == !IsAlive(pod));
  }
}

TEST_CASE(
    "the services read from /debug/ports/pods have their node ports, and those without any are left out",
    "[state_pages]") {
  Pages pages;
  kube::Service service =
      test::MakeService("front").Port({.number = 80}).Port({.number = 81}).Port({.number = 82});
  service.ports[0].node_port = 30080;
  service.ports[2].node_port = 30082;
  service.meta.resource_version = "1";
  kube::Service internal = test::MakeService("internal").Port({.number = 80});
  internal.meta.resource_version = "2";
  pages.stage.cluster.cache.services().Apply(std::move(service));
  pages.stage.cluster.cache.services().Apply(std::move(internal));
  pages.WaitForReport();
  const std::string page = PageOf(pages.router, "/debug/ports/pods");
  CHECK(page.find("internal") == std::string::npos);
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(page).has_value());
  REQUIRE(reader.Finish().has_value());
  CHECK(cluster.node_ports ==
        std::map<ports::Port, std::string>{{30080, "default/front"}, {30082, "default/front"}});
}

TEST_CASE("the Nodes read from /debug/ports/pods have their labels, and are left out while Nodes are unknown",
          "[state_pages]") {
  ports_program::Servers api({{{client::JsonAnswer(
      R"({"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[)"
      R"({"metadata":{"name":"node-1","uid":"u1","resourceVersion":"8","labels":{"zone":"z1","a/b":""}}},)"
      R"({"metadata":{"name":"node-2","uid":"u2","resourceVersion":"9"}}]})")}}});
  Pages pages(api.port());
  kube::Node node;
  node.meta.name = Symbol("node-1");
  node.meta.resource_version = "1";
  pages.stage.cluster.cache.nodes().Apply(std::move(node));
  pages.WaitForReport();
  CHECK(PageOf(pages.router, "/debug/ports/pods").find("\"Node\"") == std::string::npos);
  pages.stage.cluster.cache.StartNodes(pages.stage.tasks, {});
  pages.stage.RunUntil([&] { return pages.watch.report()->space.nodes_known(); });
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(PageOf(pages.router, "/debug/ports/pods")).has_value());
  REQUIRE(reader.Finish().has_value());
  REQUIRE(cluster.node_labels.has_value());
  REQUIRE(cluster.node_labels->size() == 2);
  CHECK(cluster.node_labels->at("node-1") ==
        kube::LabelMap{{Symbol("zone"), Symbol("z1")}, {Symbol("a/b"), Symbol()}});
  CHECK(cluster.node_labels->at("node-2").empty());
}

TEST_CASE("an object that is deleted while its page is written is left out", "[state_pages]") {
  Pages pages;
  auto& pods = pages.stage.cluster.cache.pods();
  for (const char* name : {"a", "b"}) {
    kube::Pod pod = MakePod(name).Port({.host_port = 31000});
    pod.meta.resource_version = name == std::string("a") ? "1" : "2";
    pods.Apply(std::move(pod));
  }
  pages.WaitForReport();
  http_server::Page page =
      pages.router.MakePage({.path = "/debug/ports/pods", .query = {}, .accept = {}, .body = {}});
  pods.Remove({Symbol("default"), Symbol("a")}, "3");
  while (page.steps->Next(page.body)) {
  }
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(page.body).has_value());
  REQUIRE(reader.Finish().has_value());
  REQUIRE(cluster.pods.size() == 1);
  CHECK(cluster.pods[0].holder.name.get() == "b");
}

TEST_CASE("a page of more than a thousand objects has each of them once", "[state_pages]") {
  Pages pages;
  std::set<std::string> names;
  for (int i = 0; i < 1'001; ++i) {
    const std::string name = "pod-" + std::to_string(i);
    kube::Pod pod = MakePod(name).Port({.host_port = 31000}).Label("text", std::string(200, 'x'));
    pod.meta.resource_version = std::to_string(i + 1);
    pages.stage.cluster.cache.pods().Apply(std::move(pod));
    names.insert(name);
  }
  pages.WaitForReport();
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(PageOf(pages.router, "/debug/ports/pods")).has_value());
  REQUIRE(reader.Finish().has_value());
  CHECK(cluster.pods.size() == names.size());
  for (const ports_program::ClusterPod& pod : cluster.pods) names.erase(std::string(pod.holder.name.get()));
  CHECK(names.empty());
}

}  // namespace
}  // namespace k8sm::controller
