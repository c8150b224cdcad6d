// Among many services, the log names those that broke, and why.

#include "controller/reconcile/rewrite_guard.h"
#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

class Shop {
 public:
  Shop() {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("nodes", "", NodeJson("node-2"));
    int host_port = 31'000;
    for (const char* name : {"fine", "label", "target", "host", "node", "writer"}) {
      world.Create("services", "shop", ServiceJson(name));
      world.Create("pods", "shop", Pod(name, ++host_port));
    }
    world.Start(world.Defaults());
    REQUIRE(world.Settle());
    REQUIRE(world.log().Count("W ") == 0);
  }

  // The pod of the service, on node-2 for the service "node".
  static std::string Pod(const std::string& service, int host_port) {
    const std::string pod = PodJson({.name = service + "-1", .app = service, .host_port = host_port});
    return service == "node" ? Replaced(pod, R"("nodeName":"node-1")", R"("nodeName":"node-2")") : pod;
  }

  bool IsLogged(const std::string& text) {
    return world.RunUntil([&] { return world.log().Count(text) > 0; });
  }
  bool IsEvent(std::string_view reason, std::string_view object) {
    return world.RunUntil([&] {
      for (const std::string& event : world.server().List("events", "").value()) {
        if (event.find(reason) != std::string::npos && event.find(object) != std::string::npos) return true;
      }
      return false;
    });
  }
  bool Measures(const std::string& series) {
    return world.Ask("/metrics").body.find("\n" + series + "\n") != std::string::npos;
  }

  World world;
};

TEST_CASE("a service with a mistyped selector is logged with the label that its pods have") {
  Shop shop;
  shop.world.Update("services", "shop",
                    Replaced(ServiceJson("label"), R"("app":"label")", R"("app":"lable")"));
  CHECK(shop.IsLogged(
      "W service shop/label has no endpoints: selector app=lable selects no pod; 1 pod has app=label"));
  CHECK(shop.Measures(R"(k8sm_services_without_endpoints{reason="mistyped_selector"} 1)"));
  CHECK(shop.world.Ask("/debug/services").body.find("shop/label") != std::string::npos);
}

TEST_CASE("a service whose targetPort no container declares is logged with the ports that the pod declares") {
  Shop shop;
  shop.world.Update("services", "shop",
                    Replaced(ServiceJson("target"), R"("targetPort":8080)", R"("targetPort":9090)"));
  CHECK(shop.IsLogged("W skipped pod shop/target-1 for service shop/target port 80: no_container_port: "));
  CHECK(shop.IsLogged("; the pod declares 8080/TCP: "));
  CHECK(shop.IsLogged("W service shop/target has no endpoints: 1 pod skipped: 1 no_container_port"));
  CHECK(shop.IsEvent(R"("reason":"ContainerPortMissing")", R"("kind":"Service")"));
  CHECK(shop.IsEvent(R"("reason":"ContainerPortMissing")", R"("kind":"Pod")"));
}

TEST_CASE("a service whose pod lost its host port is logged") {
  Shop shop;
  shop.world.Delete("pods", "shop", "host-1");
  CHECK(shop.IsLogged("W service shop/host has no endpoints: selector app=host selects no pod"));
  shop.world.Create("pods", "shop", Shop::Pod("host", 0));
  CHECK(shop.IsLogged("W skipped pod shop/host-1 for service shop/host port 80: no_host_port: "));
  CHECK(shop.IsEvent(R"("reason":"HostPortMissing")", R"("name":"host-1")"));
  CHECK(shop.Measures(R"(k8sm_services_without_endpoints{reason="skipped"} 1)"));
  shop.world.Delete("pods", "shop", "host-1");
  CHECK(shop.IsLogged("I no longer skipped: pod shop/host-1 for service shop/host port 80: "));
}

TEST_CASE("a service whose node was deleted is logged with the node") {
  Shop shop;
  shop.world.Delete("nodes", "", "node-2");
  CHECK(shop.IsLogged(
      "W skipped pod shop/node-1 for service shop/node port 80: node_not_found: node node-2 does not exist"));
  CHECK(shop.IsLogged("W service shop/node has no endpoints: 1 pod skipped: 1 node_not_found"));
  CHECK(shop.IsEvent(R"("reason":"NodeNotFound")", R"("name":"node-1")"));
  CHECK(shop.Measures(R"(k8sm_endpoints_skipped{reason="node_not_found"} 1)"));
}

TEST_CASE("a service whose Endpoints the API server refuses is logged with the error, and /readyz stays ok") {
  Shop shop;
  auto refusal = apiserver::ParseFaults(
      R"([{"path":"/api/v1/namespaces/shop/endpoints/host","verb":"update","effect":"status","code":403}])");
  REQUIRE(refusal.has_value());
  shop.world.server().faults().Set(*std::move(refusal));
  shop.world.Delete("pods", "shop", "host-1");
  CHECK(shop.IsLogged("W cannot sync service shop/host: forbidden: "));
  CHECK(shop.Measures("k8sm_services_failing 1"));
  CHECK(shop.world.Ask("/readyz").status == 200);
  const std::string page = shop.world.Ask("/debug/services").body;
  CAPTURE(page);
  CHECK(page.find("sync_failed, no_pods  forbidden: ") != std::string::npos);
  shop.world.server().faults().Set({});
  CHECK(shop.IsLogged("I syncing service shop/host works again"));
  CHECK(shop.Measures("k8sm_services_failing 0"));
}

TEST_CASE("a service that another controller keeps rewriting is logged with the writer") {
  Shop shop;
  const std::string theirs =
      R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"writer",)"
      R"("labels":{"endpoints.kubernetes.io/managed-by":"endpoint-controller"}},"subsets":[]})";
  const std::string ours = shop.world.Places("shop", "writer");
  for (std::size_t i = 1; i < controller::RewriteGuard::kMaxRewrites; ++i) {
    shop.world.Update("endpoints", "shop", theirs);
    REQUIRE(shop.world.RunUntil([&] { return shop.world.Places("shop", "writer") == ours; }));
  }
  shop.world.Update("endpoints", "shop", theirs);
  CHECK(shop.IsLogged(
      "W service shop/writer: its Endpoints are rewritten again and again by \"endpoint-controller\""));
}

}  // namespace
}  // namespace k8sm::test
