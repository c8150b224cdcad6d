#include "test/integration/model/random_objects.h"

#include <algorithm>
#include <utility>

namespace k8sm::test {
namespace {

StringMap RandomSelector(Dice& dice) {
  StringMap selector;
  if (dice.Chance(75)) selector["app"] = dice.OneOf({"web", "web", "db"});
  if (dice.Chance(35)) selector["tier"] = dice.OneOf({"front", "back"});
  return selector;
}

void Retarget(Dice& dice, ServedPort& port) {
  port.target_name.clear();
  port.target_number = 0;
  port.protocol = dice.OneOf({"TCP", "TCP", "TCP", "TCP", "TCP", "UDP"});
  port.app_protocol = dice.OneOf({"", "", "", "http", "kubernetes.io/h2c"});
  if (dice.Chance(40)) {
    port.target_name = dice.OneOf({"http", "http", "admin"});
  } else if (dice.Chance(90)) {
    port.target_number = std::stoi(dice.OneOf({"8080", "8080", "9090"}));
  }
}

std::vector<ServedPort> RandomServedPorts(Dice& dice, bool may_be_none) {
  std::vector<ServedPort> ports(dice.Below(4));
  if (ports.empty() && !may_be_none) ports.emplace_back();
  // Only a single port may lack a name.
  const bool named = ports.size() > 1 || dice.Chance(50);
  int number = 80;
  for (ServedPort& port : ports) {
    port.number = number++;
    if (named) port.name = "p" + std::to_string(port.number);
    Retarget(dice, port);
  }
  return ports;
}

StringMap RandomLabels(Dice& dice) {
  StringMap labels;
  if (dice.Chance(50)) labels["team"] = dice.OneOf({"red", "blue"});
  // Labels that have a meaning on Endpoints and slices.
  if (dice.Chance(5)) labels["service.kubernetes.io/headless"] = "";
  if (dice.Chance(5)) labels["endpoints.kubernetes.io/managed-by"] = "somebody";
  if (dice.Chance(5)) labels["endpointslice.kubernetes.io/managed-by"] = "somebody";
  if (dice.Chance(5)) labels["kubernetes.io/service-name"] = "db";
  return labels;
}

bool MayGoWithoutPorts(const ModelService& service) {
  return service.headless || service.external_name;
}

std::string ChangeSelector(Dice& dice, ModelService& service) {
  service.selector = dice.Chance(15) ? StringMap() : RandomSelector(dice);
  std::string text = "selector";
  for (const auto& [key, value] : service.selector) text += " " + key + "=" + value;
  return text;
}

std::string ChangePorts(Dice& dice, ModelService& service) {
  if (!service.ports.empty() && dice.Chance(50)) {
    ServedPort& port = service.ports[dice.Below(service.ports.size())];
    Retarget(dice, port);
    return "port " + std::to_string(port.number) + " retargeted";
  }
  service.ports = RandomServedPorts(dice, MayGoWithoutPorts(service));
  return "other ports";
}

std::string ChangeType(Dice& dice, ModelService& service) {
  service.external_name = !service.external_name;
  if (service.external_name) return "type ExternalName";
  // Only a change back to ClusterIP can make a service headless, or not headless.
  service.headless = dice.Chance(30);
  if (service.ports.empty() && !service.headless) service.ports = RandomServedPorts(dice, false);
  return service.headless ? "type ClusterIP, headless" : "type ClusterIP";
}

std::string ChangeSecondFamily(ModelService& service) {
  if (service.families.size() > 1) {
    service.families.pop_back();
    return "one family";
  }
  service.families.emplace_back(service.families.front() == "IPv4" ? "IPv6" : "IPv4");
  return "both families";
}

}  // namespace

ModelService RandomService(Dice& dice, Metadata meta) {
  ModelService service{.meta = std::move(meta)};
  service.meta.labels = RandomLabels(dice);
  service.meta.has_finalizer = dice.Chance(8);
  service.external_name = dice.Chance(6);
  service.headless = dice.Chance(25);
  service.families = dice.OneOf(std::vector<std::vector<std::string>>{
      {"IPv4"}, {"IPv4"}, {"IPv4"}, {"IPv6"}, {"IPv4", "IPv6"}, {"IPv6", "IPv4"}});
  service.selector = RandomSelector(dice);
  service.ports = RandomServedPorts(dice, MayGoWithoutPorts(service));
  service.publish_not_ready = dice.Chance(20);
  service.traffic_distribution = dice.OneOf({"", "", "", "PreferClose", "PreferSameZone", "PreferSameNode"});
  return service;
}

std::string Change(Dice& dice, ModelService& service) {
  switch (dice.Below(8)) {
    case 0:
    case 1:
      return ChangeSelector(dice, service);
    case 2:
      return ChangePorts(dice, service);
    case 3:
      return ChangeType(dice, service);
    case 4:
      return ChangeSecondFamily(service);
    case 5:
      service.meta.labels = RandomLabels(dice);
      return "other labels";
    case 6:
      service.publish_not_ready = !service.publish_not_ready;
      return service.publish_not_ready ? "publishes not ready addresses" : "publishes ready addresses alone";
    default:
      service.traffic_distribution = dice.OneOf({"", "PreferClose", "PreferSameZone", "PreferSameNode"});
      return "trafficDistribution " + service.traffic_distribution;
  }
}

ModelNode RandomNode(Dice& dice, Metadata meta) {
  ModelNode node{.meta = std::move(meta)};
  node.zone = dice.OneOf({"zone-a", "zone-b", ""});
  return node;
}

std::string Change(Dice& dice, ModelNode& node) {
  node.zone = dice.OneOf({"zone-a", "zone-b", ""});
  return "zone " + node.zone;
}

}  // namespace k8sm::test
