#include "test/integration/model/place_check.h"

#include "lib/kube/label_map.h"
#include "test/support/subset_text.h"

#include <algorithm>
#include <variant>

namespace k8sm::test {

using endpoints::AddressMode;
using kube::EndpointAddress;
using kube::EndpointPort;
using kube::ObjectKey;
using kube::Pod;
using kube::ServicePort;
using kube::Symbol;

std::string PlaceText(const Symbol& ip, const EndpointPort& port) {
  return ip + ":" + std::to_string(port.port) + "/" + std::string(ToString(port.protocol));
}

const Pod* PlaceCheck::Check(const EndpointAddress& address, const std::vector<EndpointPort>& ports) {
  const Pod* pod = PodOf(address);
  if (pod == nullptr) {
    Break(address, "is that of no pod that lives");
    return nullptr;
  }
  if (!kube::Matches(service_.selector, pod->meta.labels)) Break(address, "is that of a pod not selected");
  if (pod->phase == kube::PodPhase::kSucceeded || pod->phase == kube::PodPhase::kFailed)
    Break(address, "is that of a pod that has ended");
  if (!IsAddressOf(*pod, address.ip)) Break(address, "is none of its pod's");
  if (state_.limits.node_names && address.node_name != pod->node_name)
    Break(address, "names another node than its pod");
  for (const EndpointPort& port : ports) Check(*pod, address, port);
  return pod;
}

void PlaceCheck::Break(const EndpointAddress& address, const std::string& what) {
  broken_.push_back(where_ + ": the address " + test::ToText(address) + " " + what);
}

const Pod* PlaceCheck::PodOf(const EndpointAddress& address) const {
  if (!address.target_ref || address.target_ref->ns != service_.meta.ns) return nullptr;
  const auto pod = state_.pods.find(ObjectKey{address.target_ref->ns, address.target_ref->name});
  const bool lives = pod != state_.pods.end() && pod->second.meta.uid == address.target_ref->uid;
  return lives ? &pod->second : nullptr;
}

void PlaceCheck::Check(const Pod& pod, const EndpointAddress& address, const EndpointPort& port) {
  const auto served = std::ranges::find_if(service_.ports, [&](const ServicePort& each) {
    return each.name == port.name && each.protocol == port.protocol && each.app_protocol == port.app_protocol;
  });
  if (served == service_.ports.end()) return Break(address, "serves a port that the service has not");
  if (!Serves(pod, *served, port.port))
    Break(address, "serves " + test::ToText(port) + ", which its pod does not");
  if (mode_ == AddressMode::kPodIp) return;
  const Pod* holder = holders_.emplace(PlaceText(address.ip, port), &pod).first->second;
  if (holder != &pod) {
    Break(address, "is listed at " + PlaceText(address.ip, port) + " as is that of " + holder->meta.name);
  }
}

bool PlaceCheck::IsAddressOf(const Pod& pod, const Symbol& ip) const {
  const auto contains = [&](const auto& ips) { return std::ranges::count(ips, ip) > 0; };
  if (mode_ == AddressMode::kPodIp) return contains(pod.pod_ips);
  return ip == pod.host_ip || contains(pod.host_ips) ||
         std::ranges::any_of(pod.ports, [&](const kube::ContainerPort& port) { return port.host_ip == ip; });
}

// Whether the pod exposes this port number for the service port.
bool PlaceCheck::Serves(const Pod& pod, const ServicePort& served, std::int32_t number) const {
  const bool as_declared = mode_ == AddressMode::kPodIp || pod.host_network;
  const auto* target = std::get_if<std::int32_t>(&served.target_port);
  if (as_declared && target != nullptr && *target == number) return true;
  const bool declared = std::ranges::any_of(pod.ports, [&](const kube::ContainerPort& port) {
    return number == (as_declared ? port.container_port : port.host_port);
  });
  if (declared || mode_ == AddressMode::kPodIp) return declared;
  return std::ranges::any_of(pod.meta.annotations, [&](const kube::Label& annotation) {
    return annotation.value.get() == std::to_string(number);
  });
}

void CheckInheritedLabels(const kube::Service& service, const kube::ObjectMeta& meta,
                          const std::map<std::string, std::string>& own, const std::string& where,
                          std::vector<std::string>& broken) {
  std::map<std::string, std::string> expected;
  for (const kube::Label& label : service.meta.labels) expected.emplace(label.key, label.value);
  expected.erase("service.kubernetes.io/headless");
  if (!service.HasClusterIp()) expected["service.kubernetes.io/headless"] = "";
  for (const auto& [key, value] : own) expected[key] = value;
  std::map<std::string, std::string> stored;
  for (const kube::Label& label : meta.labels) stored.emplace(label.key, label.value);
  if (stored == expected) return;
  std::string text = where + ": the labels are";
  for (const auto& [key, value] : stored) text += " " + key + "=" + value;
  text += " instead of";
  for (const auto& [key, value] : expected) text += " " + key + "=" + value;
  broken.push_back(text);
}

}  // namespace k8sm::test
