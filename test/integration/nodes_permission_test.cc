// Temporarily forbidden nodes, and missing nodes when no EndpointSlices are written.

#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>
#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

class Shop {
 public:
  Shop() {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    AddPod("a", "node-1", 31'001);
  }

  void AddPod(const std::string& name, const std::string& node, int host_port) {
    world.Create("pods", "shop",
                 Replaced(PodJson({.name = name, .host_port = host_port}), R"("nodeName":"node-1")",
                          R"("nodeName":")" + node + R"(")"));
  }
  // Lists and watches of the resource are answered with 403.
  void Refuse(const std::string& path) {
    auto refusal = apiserver::ParseFaults(R"([{"path":")" + path +
                                          R"(","verb":"list","effect":"status","code":403},{"path":")" +
                                          path + R"(","verb":"watch","effect":"status","code":403}])");
    REQUIRE(refusal.has_value());
    world.server().faults().Set(*std::move(refusal));
  }
  void Permit() { world.server().faults().Set({}); }

  bool IsLogged(std::string_view text) {
    return world.RunUntil([&] { return world.log().Count(text) > 0; });
  }
  std::string Page() const {
    return world.Ask("/debug/service", {{"namespace", "shop"}, {"name", "web"}}).body;
  }
  bool Shows(std::string_view text) {
    return world.RunUntil([&] { return Page().find(text) != std::string::npos; });
  }
  bool ShowsNot(std::string_view text) {
    return world.RunUntil([&] { return Page().find(text) == std::string::npos; });
  }
  bool Measures(const std::string& series) {
    return world.RunUntil(
        [&] { return world.Ask("/metrics").body.find("\n" + series + "\n") != std::string::npos; });
  }

  World world;
};

TEST_CASE("without EndpointSlices, losing and regaining the permission on nodes causes no false report") {
  Shop shop;
  controller::Options options = shop.world.Hurried();
  options.endpoint_slices = controller::EndpointSlices::kOff;
  shop.world.Start(options);
  REQUIRE(shop.world.Settle());
  CHECK(shop.ShowsNot("nodes are"));

  shop.Refuse("/api/v1/nodes");
  CHECK(shop.Shows(
      "nodes are not known, so a pod whose node does not exist is not found: forbidden: grant list, "
      "watch on nodes"));
  CHECK(shop.world.Ask("/readyz").status == 200);
  shop.world.Create("nodes", "", NodeJson("node-2"));
  shop.AddPod("b", "node-2", 31'002);
  CHECK(shop.world.RunUntil(
      [&] { return shop.world.Places("shop", "web") == "10.0.0.1:31001 10.0.0.1:31002"; }));
  CHECK(shop.Page().find("does not exist\n") == std::string::npos);

  shop.Permit();
  CHECK(shop.ShowsNot("nodes are"));
  shop.AddPod("c", "node-9", 31'003);
  CHECK(shop.IsLogged("W node node-9 does not exist, but pod shop/c of service shop/web is bound to it"));
  CHECK(shop.world.log().Count("node-2 does not exist") == 0);
  CHECK(shop.Measures("k8sm_pods_on_missing_nodes 1"));
  CHECK(shop.Shows("10.0.0.1:31003; node node-9 does not exist"));
  shop.world.Create("nodes", "", NodeJson("node-9"));
  CHECK(shop.IsLogged("I node node-9 exists now"));
  CHECK(shop.Measures("k8sm_pods_on_missing_nodes 0"));
}

TEST_CASE("a node that was missing before the nodes were listed is reported") {
  Shop shop;
  shop.AddPod("c", "node-9", 31'003);
  controller::Options options = shop.world.Hurried();
  options.endpoint_slices = controller::EndpointSlices::kOff;
  shop.world.Start(options);
  CHECK(shop.IsLogged("W node node-9 does not exist, but pod shop/c of service shop/web is bound to it"));
  shop.world.Delete("pods", "shop", "c");
  CHECK(shop.IsLogged("I no pod on node node-9 is published any more"));
}

TEST_CASE(
    "while EndpointSlices are forbidden, missing nodes are reported, and afterwards their pods are skipped") {
  Shop shop;
  shop.AddPod("c", "node-9", 31'003);
  shop.Refuse("/apis/discovery.k8s.io/v1/endpointslices");
  shop.world.Start(shop.world.Hurried());
  CHECK(shop.IsLogged("W node node-9 does not exist, but pod shop/c of service shop/web is bound to it"));
  CHECK(shop.Measures("k8sm_pods_on_missing_nodes 1"));
  shop.Permit();
  CHECK(shop.IsLogged(
      "W skipped pod shop/c for service shop/web port 80: node_not_found: node node-9 does not"));
  CHECK(shop.Measures("k8sm_pods_on_missing_nodes 0"));
}

TEST_CASE("with EndpointSlices, a pod on a node created while nodes are forbidden is reported as doubtful") {
  Shop shop;
  shop.world.Start(shop.world.Hurried());
  REQUIRE(shop.world.Settle());
  shop.Refuse("/api/v1/nodes");
  CHECK(shop.Shows(
      "nodes are outdated, and used as they were known last: forbidden: grant list, watch on nodes"));
  CHECK(shop.world.Ask("/readyz").status == 500);
  shop.world.Create("nodes", "", NodeJson("node-2"));
  shop.AddPod("b", "node-2", 31'002);
  CHECK(shop.world.Ask("/debug/skipped")
            .body.starts_with("nodes are outdated, so a node that is said not to exist may "
                              "exist: forbidden: grant list, watch on nodes\n"));
  for (const std::string page : {"/debug/skipped", "/debug/services"}) {
    INFO(page);
    CHECK(shop.world.Ask(page, {{"format", "json"}})
              .body.find(R"("nodesTrouble":"forbidden: grant list, watch on nodes",)") != std::string::npos);
  }
  CHECK(shop.IsLogged("it may exist, as nodes are outdated: forbidden: grant list, watch on nodes"));
  shop.Permit();
  CHECK(shop.IsLogged("I restored pod shop/b for service shop/web port 80"));
  CHECK(shop.world.RunUntil(
      [&] { return shop.world.SlicePlaces("shop", "web") == "10.0.0.1:31001 10.0.0.1:31002"; }));
  CHECK(shop.world.Ask("/readyz").status == 200);
}

}  // namespace
}  // namespace k8sm::test
