#include "lib/ports/demand.h"

#include "test/support/catch.h"

namespace k8sm::ports {
namespace {

PodSpec Declares(std::vector<DeclaredPort> ports) {
  PodSpec spec;
  spec.ports = std::move(ports);
  return spec;
}

TEST_CASE("a hostPort of 0 is wild unless the strategy is fixed", "[ports]") {
  SchedulerRules rules;
  PodSpec spec = Declares({{80, 0}, {81, 31000}, {82, 0}});
  CHECK(DemandOf(spec, rules).wild == 2);
  CHECK(DemandOf(spec, rules).fixed == PortSet::OfPorts({31000}));
  rules.wildcard = false;
  CHECK(DemandOf(spec, rules).wild == 0);
  spec.port_mapping = "wildcard";
  CHECK(DemandOf(spec, rules).wild == 2);
  rules.wildcard = true;
  spec.port_mapping = "fixed";
  CHECK(DemandOf(spec, rules).wild == 0);
  spec.port_mapping = "other";
  CHECK(DemandOf(spec, rules).wild == 2);
}

TEST_CASE("a host port that is declared more than once is listed as doubled, and the repetitions are counted",
          "[ports]") {
  const Demand demand = DemandOf(Declares({{80, 9}, {81, 5}, {82, 9}, {83, 9}, {84, 6}, {85, 6}}), {});
  CHECK(demand.doubled == std::vector<Port>{6, 9});
  CHECK(demand.fixed == PortSet::OfPorts({5, 6, 9}));
  CHECK(demand.surplus == 3);
  const Demand wild = DemandOf(Declares({{80, 0}, {81, 0}, {82, 5}}), {});
  CHECK(wild.doubled.empty());
  CHECK(wild.surplus == 0);
  PodSpec on_host = Declares({{80, 0}, {80, 0}, {81, 80}});
  on_host.host_network = true;
  CHECK(DemandOf(on_host, {}).doubled == std::vector<Port>{80});
  CHECK(DemandOf(on_host, {}).surplus == 2);
}

TEST_CASE("with hostNetwork, the container port stands in for a missing host port", "[ports]") {
  PodSpec spec = Declares({{80, 0}, {81, 8081}});
  spec.host_network = true;
  const Demand demand = DemandOf(spec, {});
  CHECK(demand.fixed == PortSet::OfPorts({80, 8081}));
  CHECK(demand.wild == 0);
}

TEST_CASE("roles come from the annotation, limited to the framework's, or else from the default", "[ports]") {
  SchedulerRules rules;
  rules.framework_roles = {"*", "fixed"};
  rules.default_roles = {"*"};
  PodSpec spec;
  CHECK(DemandOf(spec, rules).roles == std::vector<std::string>{"*"});
  spec.roles = " fixed , * ,fixed,, other";
  CHECK(DemandOf(spec, rules).roles == std::vector<std::string>{"fixed", "*"});
  spec.roles = "";
  CHECK(DemandOf(spec, rules).roles.empty());
}

TEST_CASE("equal demands have equal hashes, and different demands differ", "[ports]") {
  PodSpec spec = Declares({{80, 31000}, {81, 0}});
  spec.node = kube::Symbol("n1");
  spec.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  const Demand demand = DemandOf(spec, {});
  CHECK(HashOf(demand) == HashOf(DemandOf(spec, {})));
  std::vector<PodSpec> others(5, spec);
  others[0].ports[0].host_port = 31001;
  others[1].ports.push_back({82, 0});
  others[2].node = kube::Symbol("n2");
  others[3].selector.Set(kube::Symbol("rack"), kube::Symbol("r2"));
  others[4].roles = "";
  for (const PodSpec& other : others) {
    CHECK_FALSE(DemandOf(other, {}) == demand);
    CHECK(HashOf(DemandOf(other, {})) != HashOf(demand));
  }
  const Demand twice = DemandOf(Declares({{80, 9}, {81, 9}}), {});
  const Demand thrice = DemandOf(Declares({{80, 9}, {81, 9}, {82, 9}}), {});
  CHECK(twice.doubled == thrice.doubled);
  CHECK_FALSE(twice == thrice);
  CHECK(HashOf(twice) != HashOf(thrice));
}

}  // namespace
}  // namespace k8sm::ports
