#include "test/support/golden_slices.h"

#include "test/support/subset_text.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace k8sm::test {

using kube::EndpointSlice;
using kube::Symbol;
using rapidjson::Value;

namespace {

SliceTextsByPorts Sorted(SliceTextsByPorts groups) {
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
  std::string text = endpoint.target_ref->name + "@" + endpoint.address;
  text += " node=" + endpoint.node_name + " zone=" + endpoint.zone + " hostname=" + endpoint.hostname;
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

}  // namespace

SliceTextsByPorts SliceTexts(const std::vector<EndpointSlice>& slices) {
  SliceTextsByPorts groups;
  for (const EndpointSlice& slice : slices) {
    std::vector<std::string> ports;
    for (const kube::EndpointPort& port : slice.ports) ports.push_back(ToText(port));
    auto& endpoints = groups[std::string(slice.family ? ToString(*slice.family) : "FQDN") + PortsText(ports)];
    for (const kube::SliceEndpoint& endpoint : slice.endpoints) endpoints.push_back(EndpointText(endpoint));
  }
  return Sorted(std::move(groups));
}

SliceTextsByPorts ExpectedSliceTexts(const ExpectedService& expected) {
  rapidjson::Document document;
  document.Parse(expected.slices_json);
  if (!document.IsArray()) throw std::runtime_error("expected slices that are no list");
  SliceTextsByPorts groups;
  for (const Value& slice : document.GetArray()) {
    std::vector<std::string> ports;
    for (const Value& port : slice["ports"].GetArray()) ports.push_back(PortText(port));
    auto& endpoints = groups[TextOf(slice, "addressType") + PortsText(ports)];
    for (const Value& endpoint : slice["endpoints"].GetArray()) endpoints.push_back(EndpointText(endpoint));
  }
  return Sorted(std::move(groups));
}

}  // namespace k8sm::test
