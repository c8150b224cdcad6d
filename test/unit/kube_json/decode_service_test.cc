#include "lib/kube/service.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using Target = std::variant<std::int32_t, Symbol>;

Result<kube::Service> DecodeSpec(const std::string& members) {
  return Decode<kube::Service>(R"({"metadata":{"name":"web","namespace":"default"},"spec":{)" + members +
                               "}}");
}

TEST_CASE("a service is decoded in full") {
  const auto service = DecodeSpec(R"("type":"ClusterIP","clusterIP":"10.96.0.1","ipFamilies":["IPv6","IPv4"],
      "selector":{"app":"web"},"publishNotReadyAddresses":true,"trafficDistribution":"PreferSameZone",
      "ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080,"nodePort":30080,"appProtocol":"kubernetes.io/h2c"},
               {"name":"dns","protocol":"UDP","port":53,"targetPort":"dns","appProtocol":null}])");
  REQUIRE(service.has_value());
  CHECK_FALSE(service->external_name);
  CHECK(service->cluster_ip == Symbol("10.96.0.1"));
  CHECK(service->ip_families == std::vector<kube::IpFamily>{kube::IpFamily::kIPv6, kube::IpFamily::kIPv4});
  CHECK(service->selector == kube::LabelMap{{Symbol("app"), Symbol("web")}});
  CHECK(service->publish_not_ready_addresses);
  CHECK(service->traffic_distribution == Symbol("PreferSameZone"));
  REQUIRE(service->ports.size() == 2);
  CHECK(service->ports[0].name == Symbol("http"));
  CHECK(service->ports[0].protocol == kube::Protocol::kTcp);
  CHECK(service->ports[0].port == 80);
  CHECK(service->ports[0].node_port == 30080);
  CHECK(service->ports[1].node_port == 0);
  CHECK(service->ports[0].target_port == Target(8080));
  CHECK(service->ports[0].app_protocol.value() == Symbol("kubernetes.io/h2c"));
  CHECK(service->ports[1].protocol == kube::Protocol::kUdp);
  CHECK(service->ports[1].target_port == Target(Symbol("dns")));
  CHECK_FALSE(service->ports[1].app_protocol.has_value());
}

TEST_CASE("a service without a spec has no cluster IP, selector or ports") {
  const auto service = Decode<kube::Service>(R"({"metadata":{"name":"web"}})");
  REQUIRE(service.has_value());
  CHECK_FALSE(service->external_name);
  CHECK(service->cluster_ip.get().empty());
  CHECK(service->ip_families.empty());
  CHECK(service->selector.empty());
  CHECK(service->ports.empty());
  CHECK_FALSE(service->publish_not_ready_addresses);
  CHECK(service->traffic_distribution.get().empty());
}

TEST_CASE("a service of type ExternalName is recognised") {
  CHECK(DecodeSpec(R"("type":"ExternalName","externalName":"example.com")")->external_name);
  CHECK_FALSE(DecodeSpec(R"("type":"NodePort")")->external_name);
  CHECK_FALSE(DecodeSpec(R"("type":null)")->external_name);
}

TEST_CASE("a target port is a number or a name, and defaults to the port") {
  const std::vector<std::pair<std::string, Target>> cases = {
      {R"("targetPort":8080)", 8080},
      {R"("targetPort":"http")", Symbol("http")},
      {R"("targetPort":"80")", Symbol("80")},
      {R"("targetPort":0)", 443},
      {R"("targetPort":"")", 443},
      {R"("targetPort":null)", 443},
      {R"("protocol":"TCP")", 443},
  };
  for (const auto& [member, target] : cases) {
    CAPTURE(member);
    const auto service = DecodeSpec(R"("ports":[{"port":443,)" + member + "}]");
    REQUIRE(service.has_value());
    CHECK(service->ports[0].target_port == target);
    CHECK(service->ports[0].protocol == kube::Protocol::kTcp);
  }
}

TEST_CASE("a service with a field of the wrong type is refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("ports":[{"targetPort":true}])", ".spec.ports[0].targetPort: expected an integer or a string"},
      {R"("ports":[{"targetPort":80.5}])", ".spec.ports[0].targetPort: expected an integer, got a number"},
      {R"("ports":[{"port":"80"}])", ".spec.ports[0].port: expected an integer, got a string"},
      {R"("ports":[{"protocol":"HTTP"}])", ".spec.ports[0].protocol: unknown protocol \"HTTP\""},
      {R"("ports":[{"appProtocol":1}])", ".spec.ports[0].appProtocol: expected a string, got an integer"},
      {R"("ports":"80")", ".spec.ports: expected a list, got a string"},
      {R"("selector":{"app":1})", ".spec.selector[app]: expected a string, got an integer"},
      {R"("ipFamilies":["IPv5"])", ".spec.ipFamilies[0]: expected IPv4 or IPv6"},
      {R"("ipFamilies":[4])", ".spec.ipFamilies[0]: expected a string, got an integer"},
      {R"("clusterIP":[])", ".spec.clusterIP: expected a string, got a list"},
      {R"("publishNotReadyAddresses":1)",
       ".spec.publishNotReadyAddresses: expected a boolean, got an integer"},
      {R"("trafficDistribution":["PreferSameZone"])",
       ".spec.trafficDistribution: expected a string, got a list"},
      {R"("type":{})", ".spec.type: expected a string, got an object"},
  };
  for (const auto& [members, message] : cases) {
    CAPTURE(members);
    const auto service = DecodeSpec(members);
    REQUIRE(service.has_error());
    CHECK(service.error().message == "Service default/web: " + message);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
