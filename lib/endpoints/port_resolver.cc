#include "lib/endpoints/port_resolver.h"

#include "lib/kube/ip_address.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::ContainerPort;
using kube::Pod;
using kube::ServicePort;
using kube::Symbol;

bool Targets(const ServicePort& service_port, const ContainerPort& port) {
  if (const Symbol* name = std::get_if<Symbol>(&service_port.target_port)) return port.name == *name;
  return port.container_port == std::get<std::int32_t>(service_port.target_port);
}

// "8080/TCP"
std::string Describe(std::int32_t number, kube::Protocol protocol) {
  return std::to_string(number) + "/" + std::string(ToString(protocol));
}

std::string Quote(std::string_view text) {
  return "\"" + OneLine(text) + "\"";
}

std::string DescribeTarget(const ServicePort& port) {
  if (const Symbol* name = std::get_if<Symbol>(&port.target_port)) {
    return "a port named " + Quote(name->get()) + " with protocol " + std::string(ToString(port.protocol));
  }
  return "port " + Describe(std::get<std::int32_t>(port.target_port), port.protocol);
}

template <class Predicate>
const ContainerPort* FirstPort(const Pod& pod, Predicate predicate) {
  const auto found = std::find_if(pod.ports.begin(), pod.ports.end(), predicate);
  return found == pod.ports.end() ? nullptr : &*found;
}

// The container port that lists `port`'s numeric targetPort as its host port.
const ContainerPort* WithHostPort(const Pod& pod, const ServicePort& port) {
  const std::int32_t* number = std::get_if<std::int32_t>(&port.target_port);
  if (number == nullptr) return nullptr;
  return FirstPort(pod, [&](const ContainerPort& declared) {
    return declared.host_port == *number && declared.protocol == port.protocol;
  });
}

// Names what the pod declares that the targetPort may have meant.
Obstacle NoContainerPort(const Pod& pod, const ServicePort& port) {
  std::string sentence = "no container declares " + DescribeTarget(port);
  if (const auto* near = FirstPort(pod, [&](const ContainerPort& each) { return Targets(port, each); })) {
    sentence += "; container " + Quote(near->container.get()) + " declares it with protocol " +
                std::string(ToString(near->protocol)) + ": make the service's protocol and the pod's agree";
  } else if (const auto* meant = WithHostPort(pod, port)) {
    sentence += "; container " + Quote(meant->container.get()) + " declares it as the hostPort of " +
                std::to_string(meant->container_port) + ": make the service's targetPort " +
                std::to_string(meant->container_port);
  } else {
    sentence += ", which the service's targetPort asks for: declare it in the pod or correct the targetPort";
  }
  return {SkipReason::kNoContainerPort, std::move(sentence)};
}

// A host port as an annotation gives it; nothing where it is no number from 1 to 65535.
std::optional<std::int32_t> ParsePort(std::string_view text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > 65535) {
    return std::nullopt;
  }
  return number;
}

using Resolution = std::variant<ResolvedPort, Obstacle>;

// What the annotation of that name maps the declared port to; nothing where there is no such annotation.
std::optional<Resolution> FromAnnotation(const Pod& pod, const ContainerPort& declared,
                                         const std::string& name) {
  const std::string* value = pod.meta.annotations.Find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto number = ParsePort(*value)) return ResolvedPort{*number, declared.container_port};
  return Obstacle{SkipReason::kBadPortAnnotation,
                  "annotation " + name + " is " + Quote(*value) +
                      ", not a host port from 1 to 65535: correct or remove it"};
}

std::string NameAnnotation(kube::Protocol protocol, const std::string& name) {
  return "k8s.mesosphere.io/portName_" + std::string(ToString(protocol)) + "_" + name;
}

std::string NumberAnnotation(kube::Protocol protocol, std::int32_t number) {
  return "k8s.mesosphere.io/port_" + std::string(ToString(protocol)) + "_" + std::to_string(number);
}

std::optional<Resolution> FromAnnotations(const Pod& pod, const ServicePort& port,
                                          const ContainerPort& declared) {
  if (pod.meta.annotations.empty()) return std::nullopt;
  if (const Symbol* name = std::get_if<Symbol>(&port.target_port)) {
    auto mapped = FromAnnotation(pod, declared, NameAnnotation(port.protocol, name->get()));
    if (mapped) return mapped;
  }
  return FromAnnotation(pod, declared, NumberAnnotation(port.protocol, declared.container_port));
}

// Whether the port is reachable at one host address only.
bool IsBound(const ContainerPort& port) {
  return !port.host_ip.get().empty() && kube::WhyNotAnEndpoint(port.host_ip.get()) != "unspecified";
}

Resolution HostPort(const Pod& pod, const ServicePort& port, const ContainerPort& declared) {
  if (auto mapped = FromAnnotations(pod, port, declared)) return *std::move(mapped);
  if (pod.host_network) return ResolvedPort{declared.container_port, declared.container_port};
  if (declared.host_port != 0) {
    return ResolvedPort{declared.host_port, declared.container_port, IsBound(declared) ? &declared : nullptr};
  }
  return Obstacle{SkipReason::kNoHostPort,
                  "container " + Quote(declared.container.get()) + " declares port " +
                      Describe(declared.container_port, declared.protocol) +
                      " without a hostPort, and no annotation " +
                      NumberAnnotation(declared.protocol, declared.container_port) +
                      " maps it: declare a hostPort, from the port ranges that the Mesos slaves offer"};
}

}  // namespace

std::variant<ResolvedPort, Obstacle> ResolvePort(const Pod& pod, const ServicePort& port, AddressMode mode) {
  const std::int32_t* number = std::get_if<std::int32_t>(&port.target_port);
  if (mode == AddressMode::kPodIp && number != nullptr) return ResolvedPort{*number, *number};

  const ContainerPort* declared = FirstPort(pod, [&](const ContainerPort& candidate) {
    return candidate.protocol == port.protocol && Targets(port, candidate);
  });
  if (declared == nullptr) {
    // Without a network of its own every port of the pod is the host's, declared or not.
    if (pod.host_network && number != nullptr) return ResolvedPort{*number, *number};
    return NoContainerPort(pod, port);
  }
  if (mode == AddressMode::kPodIp) return ResolvedPort{declared->container_port, declared->container_port};
  return HostPort(pod, port, *declared);
}

}  // namespace k8sm::endpoints
