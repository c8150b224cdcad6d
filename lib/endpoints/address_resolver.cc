#include "lib/endpoints/address_resolver.h"

#include "lib/base/printable.h"
#include "lib/kube/ip_address.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using kube::Pod;
using kube::Symbol;
using Resolution = std::variant<Symbol, Obstacle>;

const Symbol* FirstOfFamily(std::span<const Symbol> addresses, IpFamily family) {
  for (const Symbol& address : addresses) {
    if (kube::FamilyOf(address.get()) == family) return &address;
  }
  return nullptr;
}

// An address that the pod's status must contain.
struct Wanted {
  std::string_view field;
  std::string_view owner;  // what must have the address
  IpFamily family;
};

std::string FamilyName(IpFamily family) {
  return std::string(ToString(family));
}

// The message if the status contains only `present`, but no such address.
std::string NoSuchAddress(const Wanted& wanted, std::string_view present) {
  const std::string sentence =
      std::string(wanted.field) + " holds no " + FamilyName(wanted.family) + " address";
  const std::string owner(wanted.owner);
  const auto actual = kube::FamilyOf(present);
  if (!actual) {
    return sentence + ", only " + Quoted(present, kShownBytes) + ": " + owner +
           " has to report an IP address";
  }
  return sentence + ", only " + std::string(present) + ": create the service with " + FamilyName(*actual) +
         " as its first IP family, or give " + owner + " an " + FamilyName(wanted.family) + " address";
}

// The obstacle if the status contains no such address: only `present`, or nothing yet if that is empty.
Obstacle NoAddress(SkipReason reason, const Pod& pod, const Wanted& wanted, std::string_view present) {
  if (!present.empty()) return {reason, NoSuchAddress(wanted, present)};
  const std::string sentence =
      std::string(wanted.field) + " holds no " + FamilyName(wanted.family) + " address yet: ";
  const Symbol& node = pod.node_name;
  if (node.empty()) {
    return {reason, sentence + "the pod is not scheduled; if that lasts, its events say why",
            SkipOutlook::kUnscheduled};
  }
  const bool starting = pod.phase == kube::PodPhase::kPending;
  return {reason, sentence + "if that lasts, see whether the kubelet of node " + node + " is running",
          starting ? SkipOutlook::kStarting : SkipOutlook::kStays};
}

// `where` is the part of the sentence before the address.
Obstacle Unusable(SkipReason reason, std::string_view where, const Symbol& address, std::string_view advice) {
  return {reason, std::string(where) + " " + Printable(address.get(), kShownBytes) +
                      ", which cannot be an endpoint (" + std::string(kube::WhyNotAnEndpoint(address.get())) +
                      "): " + std::string(advice)};
}

bool IsUsable(const Symbol& address) {
  return kube::WhyNotAnEndpoint(address.get()).empty();
}

// The address in the form in which it is published.
Symbol Canonical(const Symbol& address) {
  std::string text = kube::CanonicalAddress(address.get());
  return text == address.get() ? address : Symbol(std::move(text));
}

bool NamesAllAddresses(const Symbol& host_ip) {
  return kube::WhyNotAnEndpoint(host_ip.get()) == "unspecified";
}

Resolution HostAddress(const Pod& pod, IpFamily family) {
  const Symbol* address = FirstOfFamily(pod.host_ips, family);
  if (address == nullptr && kube::FamilyOf(pod.host_ip.get()) == family) address = &pod.host_ip;
  if (address == nullptr) {
    const Symbol& present = pod.host_ips.empty() ? pod.host_ip : pod.host_ips.front();
    return NoAddress(SkipReason::kNoHostIp, pod, {"status.hostIPs", "the pod's node", family}, present.get());
  }
  if (IsUsable(*address)) return Canonical(*address);
  return Unusable(SkipReason::kUnusableHostIp, "the pod's host IP is", *address,
                  "make node " + pod.node_name + " report an address that other hosts reach");
}

Resolution BoundAddress(const Pod& pod, const kube::ContainerPort& bound, IpFamily family) {
  const std::string binding = "container \"" + bound.container + "\" binds host port " +
                              std::to_string(bound.host_port) + " to hostIP";
  const auto actual = kube::FamilyOf(bound.host_ip.get());
  if (actual && *actual != family) {
    return Obstacle{SkipReason::kIpFamilyMismatch,
                    binding + " " + bound.host_ip + ", but the service's IP family is " + FamilyName(family) +
                        ": remove the hostIP or name one of that family"};
  }
  if (NamesAllAddresses(bound.host_ip)) return HostAddress(pod, family);
  if (IsUsable(bound.host_ip)) return Canonical(bound.host_ip);
  return Unusable(SkipReason::kUnusableHostIp, binding, bound.host_ip,
                  "remove the hostIP or name one that other hosts reach");
}

Resolution PodAddress(const Pod& pod, IpFamily family) {
  const Symbol* address = FirstOfFamily(pod.pod_ips, family);
  if (address == nullptr) {
    const std::string_view present = pod.pod_ips.empty() ? std::string_view() : pod.pod_ips.front().get();
    return NoAddress(SkipReason::kNoPodIp, pod, {"status.podIPs", "the pod network", family}, present);
  }
  if (IsUsable(*address)) return Canonical(*address);
  return Unusable(SkipReason::kUnusablePodIp, "the pod's IP is", *address,
                  "make the pod network give addresses that other hosts reach");
}

}  // namespace

std::variant<Symbol, Obstacle> ResolveAddress(const Pod& pod, const kube::ContainerPort* bound,
                                              IpFamily family, AddressMode mode) {
  if (mode == AddressMode::kPodIp) return PodAddress(pod, family);
  return bound != nullptr ? BoundAddress(pod, *bound, family) : HostAddress(pod, family);
}

}  // namespace k8sm::endpoints
