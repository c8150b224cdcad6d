#include "test/integration/model/stored_properties.h"

#include "lib/kube/label_map.h"
#include "test/support/subset_text.h"

#include <algorithm>
#include <map>
#include <variant>

namespace k8sm::test {
namespace {

using endpoints::AddressMode;
using kube::EndpointAddress;
using kube::EndpointPort;
using kube::EndpointSubset;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;
using kube::Symbol;

template <class T>
bool Contains(const std::vector<T>& list, const T& element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

// One object that publishes a service's endpoints.
class Publication {
 public:
  Publication(const StoredState& state, const Service& service, const PlanOptions& options, std::string name,
              std::vector<std::string>& broken)
      : state_(state), service_(service), options_(options), name_(std::move(name)), broken_(broken) {}

  void Check(const EndpointSubset& subset) {
    for (const EndpointAddress& address : subset.addresses) Check(address, true, subset.ports);
    for (const EndpointAddress& address : subset.not_ready_addresses) Check(address, false, subset.ports);
  }

 private:
  void Check(const EndpointAddress& address, bool ready, const std::vector<EndpointPort>& ports) {
    const Pod* pod = PodOf(address);
    if (pod == nullptr) return Break(address, "is that of no pod that lives");
    if (!kube::Matches(service_.selector, pod->meta.labels)) Break(address, "is that of a pod not selected");
    if (pod->phase == kube::PodPhase::kSucceeded || pod->phase == kube::PodPhase::kFailed)
      Break(address, "is that of a pod that has ended");
    if (pod->meta.deletion_timestamp && !service_.publish_not_ready_addresses)
      Break(address, "is that of a pod that is leaving");
    if (ready != (pod->ready || service_.publish_not_ready_addresses))
      Break(address, ready ? "is ready, unlike its pod" : "is not ready, unlike its pod");
    if (!IsAddressOf(*pod, address.ip)) Break(address, "is none of its pod's");
    if (address.node_name != pod->node_name) Break(address, "names another node than its pod");
    for (const EndpointPort& port : ports) Check(*pod, address, port);
  }

  void Check(const Pod& pod, const EndpointAddress& address, const EndpointPort& port) {
    const auto served =
        std::find_if(service_.ports.begin(), service_.ports.end(), [&](const kube::ServicePort& each) {
          return each.name == port.name && each.protocol == port.protocol;
        });
    if (served == service_.ports.end()) return Break(address, "serves a port that the service has not");
    if (!Serves(pod, *served, port.port))
      Break(address, "serves " + test::ToText(port) + ", which its pod does not");
    if (options_.mode == AddressMode::kPodIp) return;
    const std::string place =
        address.ip.get() + ":" + std::to_string(port.port) + "/" + std::string(ToString(port.protocol));
    const Pod* holder = holders_.emplace(place, &pod).first->second;
    if (holder != &pod) Break(address, "is listed at " + place + " beside " + holder->meta.name.get());
  }

  const Pod* PodOf(const EndpointAddress& address) const {
    if (!address.target_ref) return nullptr;
    const auto pod = state_.pods.find(ObjectKey{address.target_ref->ns, address.target_ref->name});
    const bool lives = pod != state_.pods.end() && pod->second.meta.uid == address.target_ref->uid &&
                       address.target_ref->ns == service_.meta.ns;
    return lives ? &pod->second : nullptr;
  }

  bool IsAddressOf(const Pod& pod, const Symbol& ip) const {
    if (options_.mode == AddressMode::kPodIp) return Contains(pod.pod_ips, ip);
    return ip == pod.host_ip || Contains(pod.host_ips, ip) ||
           std::any_of(pod.ports.begin(), pod.ports.end(),
                       [&](const kube::ContainerPort& port) { return port.host_ip == ip; });
  }

  // Whether the pod has anything to do with the number at all.
  bool Serves(const Pod& pod, const kube::ServicePort& served, std::int32_t number) const {
    const auto* target = std::get_if<std::int32_t>(&served.target_port);
    const bool is_host_port = options_.mode == AddressMode::kHostPort;
    if (target != nullptr && *target == number && (!is_host_port || pod.host_network)) return true;
    for (const kube::ContainerPort& port : pod.ports) {
      const bool as_declared = !is_host_port || pod.host_network;
      if (number == (as_declared ? port.container_port : port.host_port)) return true;
    }
    return is_host_port && std::any_of(pod.meta.annotations.begin(), pod.meta.annotations.end(),
                                       [&](const kube::Label& annotation) {
                                         return annotation.value.get() == std::to_string(number);
                                       });
  }

  void Break(const EndpointAddress& address, const std::string& what) {
    broken_.push_back(name_ + ": the address " + test::ToText(address) + " " + what);
  }

  const StoredState& state_;
  const Service& service_;
  const PlanOptions& options_;
  const std::string name_;
  std::vector<std::string>& broken_;
  std::map<std::string, const Pod*> holders_;  // by address, port and protocol
};

void CheckMetadata(const Service& service, const kube::ObjectMeta& meta, const std::string& name,
                   std::vector<std::string>& broken) {
  const auto has = [&](std::string_view key, std::string_view value) {
    const std::string* stored = meta.labels.Find(key);
    return stored != nullptr && *stored == value;
  };
  constexpr std::string_view kOwnPrefixes[] = {"endpoints.kubernetes.io/", "service.kubernetes.io/"};
  std::size_t inherited = 0;
  for (const kube::Label& label : service.meta.labels) {
    const std::string& key = label.key.get();
    if (key.starts_with(kOwnPrefixes[0]) || key.starts_with(kOwnPrefixes[1])) continue;
    ++inherited;
    if (!has(key, label.value.get())) broken.push_back(name + ": the service's label " + key + " is missing");
  }
  if (!has("endpoints.kubernetes.io/managed-by", "k8sm-controller-manager"))
    broken.push_back(name + ": they are not marked as the controller's");
  if (service.HasClusterIp() == has("service.kubernetes.io/headless", ""))
    broken.push_back(name + ": the mark of headless services is wrong");
  if (meta.labels.size() != inherited + (service.HasClusterIp() ? 1 : 2))
    broken.push_back(name + ": there are labels that are neither the service's nor ours");
  // No cluster of the model has so many pods.
  if (meta.annotations.Find("endpoints.kubernetes.io/over-capacity") != nullptr)
    broken.push_back(name + ": they are marked as truncated");
}

}  // namespace

std::vector<std::string> BrokenProperties(const StoredState& state, const PlanOptions& options) {
  std::vector<std::string> broken;
  for (const auto& [key, service] : state.services) {
    if (!service.SelectsPods()) continue;
    const auto endpoints = state.endpoints.find(key);
    if (endpoints == state.endpoints.end()) {
      broken.push_back("service " + ToString(key) + " has no endpoints");
      continue;
    }
    CheckMetadata(service, endpoints->second.meta, "endpoints " + ToString(key), broken);
    Publication publication(state, service, options, "endpoints " + ToString(key), broken);
    for (const EndpointSubset& subset : endpoints->second.subsets) publication.Check(subset);
  }
  return broken;
}

}  // namespace k8sm::test
