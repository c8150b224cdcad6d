#include "lib/endpoints/verdicts.h"

#include "lib/endpoints/precedence.h"
#include "lib/kube/ip_address.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using kube::Pod;
using kube::Service;
using kube::ServicePort;
using kube::Symbol;

// Without duplicates.
std::vector<IpFamily> FamiliesOf(const Service& service) {
  std::vector<IpFamily> families{PrimaryFamily(service)};
  for (const IpFamily family : service.ip_families) {
    if (std::ranges::find(families, family) == families.end()) families.push_back(family);
  }
  return families;
}

SelectedPod Select(const Pod& pod, const Service& service, const NodeLookup* node_of) {
  const bool publish_all = service.publish_not_ready_addresses;
  SelectedPod selected{.pod = &pod};
  if (HasEnded(pod)) return selected;
  selected.in_endpoints = !pod.meta.deletion_timestamp || publish_all;
  if (node_of == nullptr) return selected;
  const bool is_scheduled = !pod.node_name.empty();
  if (is_scheduled) selected.node = (*node_of)(pod.node_name);
  selected.node_missing = is_scheduled && selected.node == nullptr;
  selected.in_slices = selected.node != nullptr || publish_all;
  return selected;
}

std::vector<SelectedPod> SelectAll(std::span<const Pod* const> pods, const Service& service,
                                   const NodeLookup* node_of) {
  std::vector<SelectedPod> selected;
  selected.reserve(pods.size());
  for (const Pod* pod : pods) selected.push_back(Select(*pod, service, node_of));
  std::ranges::sort(selected, {},
                    [](const SelectedPod& each) -> const Symbol& { return each.pod->meta.name; });
  return selected;
}

// Computes the verdicts of one family, before conflicts are resolved.
class Resolver {
 public:
  explicit Resolver(const Verdicts& verdicts) : verdicts_(verdicts) {}

  std::vector<Verdict> Resolve(IpFamily family) const {
    std::vector<Verdict> resolved;
    resolved.reserve(verdicts_.pods.size() * verdicts_.ports.size());
    for (const SelectedPod& pod : verdicts_.pods) {
      for (const ServicePort* port : verdicts_.ports) resolved.push_back(Resolve(pod, port, family));
    }
    return resolved;
  }

 private:
  Verdict Resolve(const SelectedPod& selected, const ServicePort* port, IpFamily family) const {
    Verdict verdict;
    if (!selected.in_endpoints && !selected.in_slices && !selected.node_missing) return verdict;
    auto place = ResolvePlace(*selected.pod, port, family, verdicts_.mode);
    if (Obstacle* obstacle = std::get_if<Obstacle>(&place)) {
      verdict.obstacle = std::move(*obstacle);
      if (verdicts_.mode == AddressMode::kPodIp) verdict.place.ip = AddressAlone(*selected.pod, family);
      return verdict;
    }
    verdict.place = std::get<Place>(std::move(place));
    verdict.in_endpoints = selected.in_endpoints && ListsInEndpoints(port);
    verdict.in_slices = selected.in_slices && ListsInSlices(port);
    return verdict;
  }

  // In pod-IP mode a pod with none of the service's ports is listed in slices without ports.
  Symbol AddressAlone(const Pod& pod, IpFamily family) const {
    auto place = ResolvePlace(pod, nullptr, family, verdicts_.mode);
    const Place* found = std::get_if<Place>(&place);
    return found != nullptr ? found->ip : Symbol();
  }

  // Only a headless service may have no ports.
  bool ListsInEndpoints(const ServicePort* port) const {
    return port != nullptr || verdicts_.service->cluster_ip.get() == "None";
  }
  bool ListsInSlices(const ServicePort* port) const {
    return ListsInEndpoints(port) || verdicts_.mode == AddressMode::kPodIp;
  }

  const Verdicts& verdicts_;
};

struct PlaceKey {
  Symbol ip;
  std::int32_t port = 0;
  kube::Protocol protocol = kube::Protocol::kTcp;
  friend bool operator==(const PlaceKey&, const PlaceKey&) = default;
};

struct PlaceKeyHash {
  std::size_t operator()(const PlaceKey& key) const {
    const std::size_t number =
        (static_cast<std::size_t>(key.port) << 2) | static_cast<std::size_t>(key.protocol);
    return HashOf(key.ip) ^ (number * 0x9e3779b97f4a7c15U);
  }
};

// Resolves conflicts over places in one family and one kind of object, given by the members `listed` and
// `holder`.
class Granting {
 public:
  Granting(const Verdicts& verdicts, bool Verdict::*listed, Claim Verdict::*holder)
      : verdicts_(verdicts), listed_(listed), holder_(holder) {}

  void Grant(std::vector<Verdict>& family) {
    Each(family, [this](const SelectedPod& pod, const ServicePort& port, const Verdict& verdict) {
      const Claim claim{&pod, verdict.place.declared};
      Claim& best = best_.try_emplace(KeyOf(verdict, port), claim).first->second;
      if (TakesPrecedence(claim, best)) best = claim;
    });
    Each(family, [this](const SelectedPod& pod, const ServicePort& port, Verdict& verdict) {
      const Claim& best = best_.at(KeyOf(verdict, port));
      if (best.pod == &pod) return;
      verdict.*listed_ = false;
      verdict.*holder_ = best;
    });
  }

 private:
  static PlaceKey KeyOf(const Verdict& verdict, const ServicePort& port) {
    return {verdict.place.ip, verdict.place.port, port.protocol};
  }

  // Calls visit(pod, port, verdict) for each listed verdict.
  template <class Visit>
  void Each(std::vector<Verdict>& family, Visit visit) const {
    auto verdict = family.begin();
    for (const SelectedPod& pod : verdicts_.pods) {
      for (const ServicePort* port : verdicts_.ports) {
        if ((*verdict).*listed_) visit(pod, *port, *verdict);
        ++verdict;
      }
    }
  }

  const Verdicts& verdicts_;
  bool Verdict::*const listed_;
  Claim Verdict::*const holder_;
  std::unordered_map<PlaceKey, Claim, PlaceKeyHash> best_;
};

}  // namespace

IpFamily PrimaryFamily(const Service& service) {
  if (!service.ip_families.empty()) return service.ip_families.front();
  return kube::FamilyOf(service.cluster_ip.get()).value_or(IpFamily::kIPv4);
}

bool HasEnded(const Pod& pod) {
  return pod.phase == kube::PodPhase::kSucceeded || pod.phase == kube::PodPhase::kFailed;
}

Verdicts Judge(const Service& service, std::span<const Pod* const> pods, AddressMode mode,
               const NodeLookup* node_of) {
  Verdicts verdicts{.service = &service,
                    .mode = mode,
                    .nodes_known = node_of != nullptr,
                    .pods = SelectAll(pods, service, node_of)};
  for (const ServicePort& port : service.ports) verdicts.ports.push_back(&port);
  if (verdicts.ports.empty()) verdicts.ports.push_back(nullptr);

  const Resolver resolver(verdicts);
  for (const IpFamily family : FamiliesOf(service)) {
    verdicts.families.push_back({family, resolver.Resolve(family)});
    std::vector<Verdict>& resolved = verdicts.families.back().verdicts;
    // An address without a port is not exclusive, and in pod-IP mode addresses may be shared, as in
    // Kubernetes.
    if (mode != AddressMode::kHostPort || service.ports.empty()) continue;
    Granting(verdicts, &Verdict::in_endpoints, &Verdict::endpoints_holder).Grant(resolved);
    if (node_of != nullptr) Granting(verdicts, &Verdict::in_slices, &Verdict::slices_holder).Grant(resolved);
  }
  return verdicts;
}

}  // namespace k8sm::endpoints
