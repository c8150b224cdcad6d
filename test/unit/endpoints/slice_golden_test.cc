// The slices against what has to be stored for each recorded cluster state.

#include "lib/endpoints/claims.h"
#include "lib/endpoints/slice_plan.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/support/subset_text.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Node;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using rapidjson::Value;
using test::GoldenCase;

// What all slices of one family and set of ports list, by "IPv4 http:8080/TCP"; each list sorted.
using Groups = std::map<std::string, std::vector<std::string>>;

Groups Sorted(Groups groups) {
  for (auto& [key, endpoints] : groups) std::sort(endpoints.begin(), endpoints.end());
  return groups;
}

std::string PortsText(std::vector<std::string> ports) {
  std::sort(ports.begin(), ports.end());
  std::string text;
  for (const std::string& port : ports) text += " " + port;
  return text;
}

std::string Flag(const char* name, bool value) {
  return value ? std::string(" ") + name : "";
}

std::string EndpointText(const kube::SliceEndpoint& endpoint) {
  std::string text = endpoint.target_ref->name.get() + "@" + endpoint.address.get();
  text += " node=" + endpoint.node_name.get() + " zone=" + endpoint.zone.get() +
          " hostname=" + endpoint.hostname.get();
  text += Flag("ready", endpoint.ready) + Flag("serving", endpoint.serving) +
          Flag("terminating", endpoint.terminating);
  return text + Flag("hinted", endpoint.zone_hint != Symbol() || endpoint.node_hint != Symbol());
}

std::string TextOf(const Value& object, const char* member) {
  const auto found = object.FindMember(member);
  return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

std::string EndpointText(const Value& endpoint) {
  std::string text = TextOf(endpoint, "pod");
  for (const Value& address : endpoint["addresses"].GetArray())
    text += "@" + std::string(address.GetString());
  text += " node=" + TextOf(endpoint, "nodeName") + " zone=" + TextOf(endpoint, "zone") +
          " hostname=" + TextOf(endpoint, "hostname");
  for (const char* condition : {"ready", "serving", "terminating"})
    text += Flag(condition, endpoint[condition].GetBool());
  return text + Flag("hinted", endpoint.HasMember("hints") && !endpoint["hints"].IsNull());
}

std::string PortText(const Value& port) {
  const std::string name = TextOf(port, "name").empty() ? "" : TextOf(port, "name") + ":";
  const std::string app = TextOf(port, "appProtocol");
  return name + std::to_string(port["port"].GetInt()) + "/" + TextOf(port, "protocol") +
         (app.empty() ? "" : "(" + app + ")");
}

Groups Expected(const std::string& slices_json) {
  rapidjson::Document document;
  document.Parse(slices_json);
  REQUIRE(document.IsArray());
  Groups groups;
  for (const Value& slice : document.GetArray()) {
    std::vector<std::string> ports;
    for (const Value& port : slice["ports"].GetArray()) ports.push_back(PortText(port));
    auto& endpoints = groups[TextOf(slice, "addressType") + PortsText(ports)];
    for (const Value& endpoint : slice["endpoints"].GetArray()) endpoints.push_back(EndpointText(endpoint));
  }
  return Sorted(groups);
}

Groups Planned(const SlicePlan& plan) {
  Groups groups;
  for (const kube::EndpointSlice& slice : plan.create) {
    std::vector<std::string> ports;
    for (const kube::EndpointPort& port : slice.ports) ports.push_back(test::ToText(port));
    auto& endpoints = groups[std::string(ToString(*slice.family)) + PortsText(ports)];
    for (const kube::SliceEndpoint& endpoint : slice.endpoints) endpoints.push_back(EndpointText(endpoint));
  }
  return Sorted(groups);
}

std::vector<const Pod*> Selected(const GoldenCase& golden, const Service& service) {
  std::vector<const Pod*> pods;
  for (const Pod& pod : golden.pods) {
    if (kube::Matches(service.selector, pod.meta.labels)) pods.push_back(&pod);
  }
  return pods;
}

std::map<Symbol, Node> NodesOf(const GoldenCase& golden) {
  std::map<Symbol, Node> nodes;
  for (const test::GoldenNode& node : golden.nodes) nodes[Symbol(node.name)].zone = Symbol(node.zone);
  return nodes;
}

void CheckCase(const GoldenCase& golden, AddressMode mode) {
  const std::map<Symbol, Node> nodes = NodesOf(golden);
  const NodeLookup node_of = [&](const Symbol& name) {
    const auto node = nodes.find(name);
    return node == nodes.end() ? nullptr : &node->second;
  };
  const test::Expectation& expectation = mode == AddressMode::kHostPort ? golden.host_port : golden.pod_ip;
  for (const Service& service : golden.services) {
    CAPTURE(service.meta.name.get());
    const std::vector<const Pod*> pods = Selected(golden, service);
    const SlicePlan plan = PlanSlices({.service = &service, .pods = pods, .node_of = node_of, .mode = mode});
    const auto& expected = expectation.at(service.meta.name.get());
    CHECK(Planned(plan) == (expected ? Expected(expected->slices_json) : Groups()));
    CHECK(plan.update.empty());
    CHECK(plan.remove.empty());
  }
}

void CheckMode(AddressMode mode) {
  const std::vector<GoldenCase> cases = test::LoadGoldenCases();
  REQUIRE_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) {
    CAPTURE(golden.name, golden.about);
    CheckCase(golden, mode);
  }
}

TEST_CASE("in host-port mode every recorded state gives the slices that it has to") {
  CheckMode(AddressMode::kHostPort);
}

TEST_CASE("in pod-IP mode every recorded state gives the slices that Kubernetes stored") {
  CheckMode(AddressMode::kPodIp);
}

}  // namespace
}  // namespace k8sm::endpoints
