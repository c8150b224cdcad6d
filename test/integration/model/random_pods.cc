#include "test/integration/model/random_objects.h"

#include <set>
#include <tuple>
#include <utility>

namespace k8sm::test {
namespace {

// The port numbers that services mostly target.
int RandomNumber(Dice& dice) {
  return std::stoi(dice.OneOf({"8080", "8080", "9090"}));
}

std::string RandomProtocol(Dice& dice) {
  return dice.OneOf({"TCP", "TCP", "TCP", "TCP", "UDP"});
}

std::vector<DeclaredPort> RandomPorts(Dice& dice, bool host_network) {
  std::vector<DeclaredPort> ports;
  std::set<std::string> names;
  std::set<std::tuple<int, std::string, std::string>> host_ports;
  for (int left = dice.Between(1, 3); left > 0; --left) {
    DeclaredPort port{.name = dice.OneOf({"", "http", "http", "admin"}),
                      .number = RandomNumber(dice),
                      .protocol = RandomProtocol(dice)};
    // A port with the name or the host port of another in the same container would be refused.
    if (!names.insert(port.name).second) port.name.clear();
    if (!host_network) {
      port.host_port = dice.Chance(20) ? 0 : std::stoi(dice.OneOf({"31000", "31000", "31001", "31002"}));
      port.host_ip = dice.Chance(80) ? "" : dice.OneOf({"0.0.0.0", "10.0.0.1", "fd00:10::1", "127.0.0.1"});
    }
    if (!host_ports.emplace(port.host_port, port.protocol, port.host_ip).second) port.host_port = 0;
    ports.push_back(std::move(port));
  }
  return ports;
}

std::vector<Container> RandomContainers(Dice& dice, bool host_network) {
  std::vector<Container> containers = {{.name = "main", .ports = RandomPorts(dice, host_network)}};
  for (const char* name : {"second", "third"}) {
    if (!dice.Chance(30)) continue;
    const ContainerKind kinds[] = {ContainerKind::kMain, ContainerKind::kInit, ContainerKind::kSidecar};
    containers.push_back({kinds[dice.Below(3)], name, RandomPorts(dice, host_network)});
  }
  return containers;
}

std::string RandomAnnotation(Dice& dice) {
  const std::string protocol = RandomProtocol(dice);
  if (dice.Chance(60)) return "k8s.mesosphere.io/port_" + protocol + "_" + std::to_string(RandomNumber(dice));
  return "k8s.mesosphere.io/portName_" + protocol + "_" + dice.OneOf({"http", "http", "admin"});
}

std::string RandomAnnotationValue(Dice& dice) {
  if (dice.Chance(70)) return std::to_string(dice.Between(31000, 31003));
  return dice.OneOf({"0", "", "none", "65536", "-1", "31000 "});
}

std::string RandomReadiness(Dice& dice) {
  return dice.Chance(65) ? "True" : dice.OneOf({"False", "False", "Unknown", ""});
}

// The addresses that the kubelet reports; some of them are unusable.
void Address(Dice& dice, ModelPod& pod) {
  const std::string host = pod.node.substr(pod.node.size() - 1);
  const std::string v4 = dice.Chance(4) ? "127.0.0.1" : "10.0.0." + host;
  const std::string v6 = "fd00:10::" + host;
  pod.host_ips = {v4};
  if (dice.Chance(50)) pod.host_ips.push_back(v6);
  if (dice.Chance(5)) pod.host_ips = {v6};
  pod.host_ip = pod.host_ips.front();
  if (pod.host_network) {
    pod.pod_ips = pod.host_ips;
    return;
  }
  // So few that a pod may get the address of a pod that is gone or still terminating.
  const std::string number = std::to_string(dice.Between(1, 12));
  pod.pod_ips = {dice.Chance(3) ? "169.254.0.1" : "172.17.0." + number};
  if (dice.Chance(50)) pod.pod_ips.push_back("fd00:17::" + number);
  if (dice.Chance(5)) pod.pod_ips = {"fd00:17::" + number};
  if (dice.Chance(10)) pod.pod_ips.clear();
}

void Schedule(Dice& dice, ModelPod& pod) {
  pod.node = dice.OneOf(kNodeNames);
  Address(dice, pod);
}

std::string ChangeReadiness(Dice& dice, ModelPod& pod) {
  pod.ready = RandomReadiness(dice);
  pod.ready_changed = Timestamp(dice.Between(0, 1000));
  return "ready " + pod.ready;
}

std::string ChangePhase(Dice& dice, ModelPod& pod) {
  pod.phase = dice.OneOf({"Running", "Running", "Succeeded", "Failed", "Pending", "Unknown"});
  return "phase " + pod.phase;
}

std::string ChangeLabel(Dice& dice, ModelPod& pod) {
  const bool is_app = dice.Chance(60);
  const std::string key = is_app ? "app" : "tier";
  const std::string value = is_app ? dice.OneOf({"web", "web", "db"}) : dice.OneOf({"front", "back"});
  if (dice.Chance(20)) {
    pod.meta.labels.erase(key);
    return "without label " + key;
  }
  pod.meta.labels[key] = value;
  return "label " + key + "=" + value;
}

std::string ChangeAnnotation(Dice& dice, ModelPod& pod) {
  const std::string key = RandomAnnotation(dice), value = RandomAnnotationValue(dice);
  if (dice.Chance(40)) {
    for (auto annotation = pod.meta.annotations.begin(); annotation != pod.meta.annotations.end();) {
      annotation = annotation->first.starts_with("k8s.mesosphere.io/")
                       ? pod.meta.annotations.erase(annotation)
                       : std::next(annotation);
    }
    return "without port annotations";
  }
  pod.meta.annotations[key] = value;
  return "annotation " + key + "=" + value;
}

std::string ChangeAddresses(Dice& dice, ModelPod& pod) {
  if (pod.node.empty()) {
    Schedule(dice, pod);
    return "scheduled to " + pod.node;
  }
  Address(dice, pod);
  return "other addresses";
}

}  // namespace

ModelPod RandomPod(Dice& dice, Metadata meta) {
  ModelPod pod{.meta = std::move(meta)};
  pod.meta.labels.clear();
  pod.meta.annotations.clear();
  if (dice.Chance(85)) pod.meta.labels["app"] = dice.OneOf({"web", "web", "db"});
  if (dice.Chance(70)) pod.meta.labels["tier"] = dice.OneOf({"front", "back"});
  while (dice.Chance(25)) pod.meta.annotations[RandomAnnotation(dice)] = RandomAnnotationValue(dice);
  pod.meta.has_finalizer = dice.Chance(5);
  pod.host_network = dice.Chance(12);
  pod.containers = RandomContainers(dice, pod.host_network);
  if (dice.Chance(15)) {
    pod.hostname = pod.meta.name;
    pod.subdomain = dice.OneOf({"web", "db"});
  }
  ChangeReadiness(dice, pod);
  if (dice.Chance(90)) {
    Schedule(dice, pod);
  } else {
    pod.phase = "Pending";
    pod.ready.clear();
  }
  return pod;
}

std::string Change(Dice& dice, ModelPod& pod) {
  switch (dice.Below(10)) {
    case 0:
      return ChangePhase(dice, pod);
    case 1:
    case 2:
      return ChangeLabel(dice, pod);
    case 3:
      return ChangeAnnotation(dice, pod);
    case 4:
    case 5:
      return ChangeAddresses(dice, pod);
    default:
      return ChangeReadiness(dice, pod);
  }
}

}  // namespace k8sm::test
