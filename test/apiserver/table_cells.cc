#include "test/apiserver/table_cells.h"

#include <algorithm>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kNone = "<none>";
constexpr std::string_view kUnset = "<unset>";

// Returns the string at the path, or `otherwise` if it is absent or empty.
std::string Text(const Json& object, std::initializer_list<std::string_view> path,
                 std::string_view otherwise = {}) {
  const Json* value = FindPath(object, path);
  if (!value || !value->IsString() || value->GetStringLength() == 0) return std::string(otherwise);
  return value->GetString();
}

std::string NameOf(const Json& object) {
  return Text(object, {"metadata", "name"});
}

std::string Age(const Json& object) {
  return AgeOf(Text(object, {"metadata", "creationTimestamp"}));
}

const Json& Part(const Json& object, std::string_view name) {
  static const Json kEmpty(rapidjson::kObjectType);
  const Json* part = Find(object, name);
  return part ? *part : kEmpty;
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator = ",") {
  std::string all;
  for (const std::string& part : parts) all.append(all.empty() ? "" : separator).append(part);
  return all;
}

// Returns the first three: "a,b,c + 4 more...".
std::string FirstThree(const std::vector<std::string>& all) {
  if (all.empty()) return std::string(kNone);
  constexpr std::size_t kShown = 3;
  std::string text = Join({all.begin(), all.begin() + std::ptrdiff_t(std::min(kShown, all.size()))});
  if (all.size() > kShown) text += " + " + std::to_string(all.size() - kShown) + " more...";
  return text;
}

std::string HostPort(const std::string& host, const std::string& port) {
  return host.find(':') == host.npos ? host + ":" + port : "[" + host + "]:" + port;
}

std::string Ports(const Json& spec) {
  std::vector<std::string> ports;
  for (const Json* port : Elements(spec, "ports")) {
    std::string text = std::to_string(GetInt(*port, "port"));
    if (GetInt(*port, "nodePort") != 0) text += ":" + std::to_string(GetInt(*port, "nodePort"));
    ports.push_back(text.append("/").append(GetString(*port, "protocol")));
  }
  return ports.empty() ? std::string(kNone) : Join(ports);
}

std::string ExternalIp(const Json& service) {
  const Json& spec = Part(service, "spec");
  std::vector<std::string> ips;
  if (const Json* balancer = FindPath(service, {"status", "loadBalancer"})) {
    for (const Json* ingress : Elements(*balancer, "ingress")) {
      ips.push_back(Text(*ingress, {"ip"}, GetString(*ingress, "hostname")));
    }
  }
  for (const Json* ip : Elements(spec, "externalIPs")) ips.emplace_back(ip->GetString());
  const std::string_view type = GetString(spec, "type");
  if (type == "ExternalName") return Text(spec, {"externalName"});
  if (ips.empty()) return type == "LoadBalancer" ? "<pending>" : std::string(kNone);
  return Join(ips);
}

std::string Labels(const Json* labels) {
  std::vector<std::string> pairs;
  if (labels && labels->IsObject()) {
    for (const auto& label : labels->GetObject()) {
      pairs.push_back(std::string(label.name.GetString()) + "=" + label.value.GetString());
    }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs.empty() ? std::string(kNone) : Join(pairs);
}

// Returns the state of the containers if it is more specific than the pod's phase.
std::string PodReason(const Json& pod) {
  const Json& status = Part(pod, "status");
  std::string reason = Text(status, {"reason"}, Text(status, {"phase"}));
  for (const Json* container : Elements(status, "containerStatuses")) {
    const std::string waiting = Text(*container, {"state", "waiting", "reason"});
    const std::string terminated = Text(*container, {"state", "terminated", "reason"});
    if (!waiting.empty()) reason = waiting;
    if (!terminated.empty()) reason = terminated;
  }
  return FindPath(pod, {"metadata", "deletionTimestamp"}) ? "Terminating" : reason;
}

std::string PodReady(const Json& pod) {
  const std::size_t all = Elements(Part(pod, "spec"), "containers").size();
  std::size_t ready = 0;
  for (const Json* container : Elements(Part(pod, "status"), "containerStatuses")) {
    if (GetBool(*container, "ready")) ++ready;
  }
  return std::to_string(ready) + "/" + std::to_string(all);
}

std::string PodRestarts(const Json& pod) {
  std::int64_t restarts = 0;
  for (const Json* container : Elements(Part(pod, "status"), "containerStatuses")) {
    restarts += GetInt(*container, "restartCount");
  }
  return std::to_string(restarts);
}

std::string ReadinessGates(const Json& pod) {
  const std::vector<const Json*> gates = Elements(Part(pod, "spec"), "readinessGates");
  if (gates.empty()) return std::string(kNone);
  std::size_t met = 0;
  for (const Json* gate : gates) {
    for (const Json* condition : Elements(Part(pod, "status"), "conditions")) {
      if (GetString(*condition, "type") != GetString(*gate, "conditionType")) continue;
      if (GetString(*condition, "status") == "True") ++met;
    }
  }
  return std::to_string(met) + "/" + std::to_string(gates.size());
}

std::string NodeState(const Json& node) {
  std::string state = "Unknown";
  for (const Json* condition : Elements(Part(node, "status"), "conditions")) {
    if (GetString(*condition, "type") != "Ready") continue;
    state = GetString(*condition, "status") == "True" ? "Ready" : "NotReady";
  }
  return GetBool(Part(node, "spec"), "unschedulable") ? state + ",SchedulingDisabled" : state;
}

std::string NodeRoles(const Json& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::vector<std::string> roles;
  if (const Json* labels = FindPath(node, {"metadata", "labels"}); labels && labels->IsObject()) {
    for (const auto& label : labels->GetObject()) {
      const std::string_view key = label.name.GetString();
      if (key.starts_with(kPrefix) && key.size() > kPrefix.size())
        roles.emplace_back(key.substr(kPrefix.size()));
      if (key == "kubernetes.io/role") roles.emplace_back(label.value.GetString());
    }
  }
  std::sort(roles.begin(), roles.end());
  return roles.empty() ? std::string(kNone) : Join(roles);
}

std::string NodeAddress(const Json& node, std::string_view type) {
  for (const Json* address : Elements(Part(node, "status"), "addresses")) {
    if (GetString(*address, "type") == type) return Text(*address, {"address"});
  }
  return std::string(kNone);
}

std::string EventObject(const Json& event) {
  std::string kind = Text(event, {"involvedObject", "kind"});
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return kind + "/" + Text(event, {"involvedObject", "name"});
}

std::string EventLastSeen(const Json& event) {
  const std::string last = Text(event, {"series", "lastObservedTime"}, Text(event, {"lastTimestamp"}));
  return AgeOf(last.empty() ? Text(event, {"eventTime"}) : last);
}

}  // namespace

Cells EndpointsCells(const Json& endpoints) {
  std::vector<std::string> all;
  for (const Json* subset : Elements(endpoints, "subsets")) {
    const std::vector<const Json*> ports = Elements(*subset, "ports");
    for (const Json* address : Elements(*subset, "addresses")) {
      if (ports.empty()) all.push_back(Text(*address, {"ip"}));
      for (const Json* port : ports) {
        all.push_back(HostPort(Text(*address, {"ip"}), std::to_string(GetInt(*port, "port"))));
      }
    }
  }
  return {NameOf(endpoints), FirstThree(all), Age(endpoints)};
}

Cells EndpointSliceCells(const Json& slice) {
  std::vector<std::string> ports, addresses;
  for (const Json* port : Elements(slice, "ports")) {
    ports.push_back(Find(*port, "port") ? std::to_string(GetInt(*port, "port")) : "*");
  }
  for (const Json* endpoint : Elements(slice, "endpoints")) {
    for (const Json* address : Elements(*endpoint, "addresses")) addresses.emplace_back(address->GetString());
  }
  const std::string port_text = ports.empty() ? std::string(kUnset) : FirstThree(ports);
  const std::string address_text = addresses.empty() ? std::string(kUnset) : FirstThree(addresses);
  return {NameOf(slice), Text(slice, {"addressType"}), port_text, address_text, Age(slice)};
}

Cells EventCells(const Json& event) {
  const std::string first = Text(event, {"firstTimestamp"}, Text(event, {"eventTime"}));
  const std::string host = Text(event, {"source", "host"});
  std::string source = Text(event, {"source", "component"}, Text(event, {"reportingComponent"}));
  if (!host.empty()) source += ", " + host;
  const std::int64_t count = std::max<std::int64_t>(GetInt(event, "count"), 1);
  return {EventLastSeen(event),
          Text(event, {"type"}),
          Text(event, {"reason"}),
          EventObject(event),
          Text(event, {"involvedObject", "fieldPath"}),
          source,
          Text(event, {"message"}),
          AgeOf(first),
          std::to_string(count),
          NameOf(event)};
}

Cells LeaseCells(const Json& lease) {
  return {NameOf(lease), Text(lease, {"spec", "holderIdentity"}), Age(lease)};
}

Cells NamespaceCells(const Json& ns) {
  return {NameOf(ns), Text(ns, {"status", "phase"}), Age(ns)};
}

Cells NodeCells(const Json& node) {
  constexpr std::string_view kUnknown = "<unknown>";
  return {NameOf(node),
          NodeState(node),
          NodeRoles(node),
          Age(node),
          Text(node, {"status", "nodeInfo", "kubeletVersion"}),
          NodeAddress(node, "InternalIP"),
          NodeAddress(node, "ExternalIP"),
          Text(node, {"status", "nodeInfo", "osImage"}, kUnknown),
          Text(node, {"status", "nodeInfo", "kernelVersion"}, kUnknown),
          Text(node, {"status", "nodeInfo", "containerRuntimeVersion"}, kUnknown)};
}

Cells PodCells(const Json& pod) {
  return {NameOf(pod),
          PodReady(pod),
          PodReason(pod),
          PodRestarts(pod),
          Age(pod),
          Text(pod, {"status", "podIP"}, kNone),
          Text(pod, {"spec", "nodeName"}, kNone),
          Text(pod, {"status", "nominatedNodeName"}, kNone),
          ReadinessGates(pod)};
}

Cells ServiceCells(const Json& service) {
  const Json& spec = Part(service, "spec");
  return {NameOf(service), Text(spec, {"type"}), Text(spec, {"clusterIP"}, kNone), ExternalIp(service),
          Ports(spec),     Age(service),         Labels(Find(spec, "selector"))};
}

}  // namespace k8sm::apiserver
