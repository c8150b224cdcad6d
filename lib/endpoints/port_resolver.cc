#include "lib/endpoints/port_resolver.h"

#include "lib/base/printable.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
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

// How many declared ports a sentence names.
constexpr std::size_t kShownPorts = 5;

bool Targets(const ServicePort& service_port, const ContainerPort& port) {
  if (const Symbol* name = std::get_if<Symbol>(&service_port.target_port)) return port.name == *name;
  return port.container_port == std::get<std::int32_t>(service_port.target_port);
}

// "8080/TCP"
std::string Describe(std::int32_t number, kube::Protocol protocol) {
  return std::to_string(number) + "/" + std::string(ToString(protocol));
}

std::string DescribeTarget(const ServicePort& port) {
  if (const Symbol* name = std::get_if<Symbol>(&port.target_port)) {
    return "a port named " + Quoted(name->get(), kShownBytes) + " with protocol " +
           std::string(ToString(port.protocol));
  }
  return "port " + Describe(std::get<std::int32_t>(port.target_port), port.protocol);
}

// "the pod declares http 8080/TCP, 9090/TCP (and 3 more)"; "the pod declares no ports"
std::string DescribeDeclared(const Pod& pod) {
  if (pod.ports.empty()) return "the pod declares no ports";
  std::string text;
  for (std::size_t i = 0; i < pod.ports.size() && i < kShownPorts; ++i) {
    const ContainerPort& port = pod.ports[i];
    text += text.empty() ? "the pod declares " : ", ";
    if (!port.name.empty()) text += Printable(port.name.get(), kShownBytes) + " ";
    text += Describe(port.container_port, port.protocol);
  }
  if (pod.ports.size() > kShownPorts)
    text += " (and " + std::to_string(pod.ports.size() - kShownPorts) + " more)";
  return text;
}

template <class Predicate>
const ContainerPort* FirstPort(const Pod& pod, Predicate predicate) {
  const auto found = std::find_if(pod.ports.begin(), pod.ports.end(), predicate);
  return found == pod.ports.end() ? nullptr : &*found;
}

// The container port whose hostPort equals the numeric targetPort of `port`.
const ContainerPort* WithHostPort(const Pod& pod, const ServicePort& port) {
  const std::int32_t* number = std::get_if<std::int32_t>(&port.target_port);
  if (number == nullptr) return nullptr;
  return FirstPort(pod, [&](const ContainerPort& declared) {
    return declared.host_port == *number && declared.protocol == port.protocol;
  });
}

// Parses the host port in an annotation; nullopt unless it is a number from 1 to 65535.
std::optional<std::int32_t> ParsePort(std::string_view text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > 65535) {
    return std::nullopt;
  }
  return number;
}

using Resolution = std::variant<ResolvedPort, Obstacle>;

// The host port that the annotation assigns to the declared port; nullopt if there is no such annotation.
std::optional<Resolution> FromAnnotation(const Pod& pod, const ContainerPort& declared,
                                         const std::string& name) {
  const kube::Symbol* value = pod.meta.annotations.Find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto number = ParsePort(*value)) return ResolvedPort{*number, declared.container_port};
  return Obstacle{SkipReason::kBadPortAnnotation,
                  "annotation " + name + " is " + Quoted(*value, kShownBytes) +
                      ", not a host port from 1 to 65535: correct or remove it"};
}

std::string NameAnnotation(kube::Protocol protocol, const Symbol& name) {
  return "k8s.mesosphere.io/portName_" + std::string(ToString(protocol)) + "_" + name;
}

std::string NumberAnnotation(kube::Protocol protocol, std::int32_t number) {
  return "k8s.mesosphere.io/port_" + std::string(ToString(protocol)) + "_" + std::to_string(number);
}

std::optional<Resolution> FromAnnotations(const Pod& pod, const ServicePort& port,
                                          const ContainerPort& declared) {
  if (pod.meta.annotations.empty()) return std::nullopt;
  if (const Symbol* name = std::get_if<Symbol>(&port.target_port)) {
    auto mapped = FromAnnotation(pod, declared, NameAnnotation(port.protocol, *name));
    if (mapped) return mapped;
  }
  return FromAnnotation(pod, declared, NumberAnnotation(port.protocol, declared.container_port));
}

}  // namespace

bool IsTarget(const ContainerPort& declared, const ServicePort& port) {
  return declared.protocol == port.protocol && Targets(port, declared);
}

std::variant<ResolvedPort, Obstacle> ResolveHostPort(const Pod& pod, const ServicePort& port,
                                                     const ContainerPort& declared) {
  if (auto mapped = FromAnnotations(pod, port, declared)) return *std::move(mapped);
  if (pod.host_network) return ResolvedPort{declared.container_port, declared.container_port};
  if (declared.host_port != 0) {
    const ContainerPort* bound = declared.host_ip.empty() ? nullptr : &declared;
    return ResolvedPort{declared.host_port, declared.container_port, bound};
  }
  return Obstacle{SkipReason::kNoHostPort,
                  "container " + Quoted(declared.container.get(), kShownBytes) + " declares port " +
                      Describe(declared.container_port, declared.protocol) +
                      " without a hostPort, and no annotation " +
                      NumberAnnotation(declared.protocol, declared.container_port) +
                      " maps it: declare a hostPort, from the port ranges that the Mesos slaves offer"};
}

Obstacle NoContainerPort(const Pod& pod, const ServicePort& port) {
  std::string sentence = "no container declares " + DescribeTarget(port);
  if (const auto* near = FirstPort(pod, [&](const ContainerPort& each) { return Targets(port, each); })) {
    sentence += "; container " + Quoted(near->container.get(), kShownBytes) + " declares it with protocol " +
                std::string(ToString(near->protocol)) + ": make the service's protocol and the pod's agree";
  } else if (const auto* meant = WithHostPort(pod, port)) {
    sentence += "; container " + Quoted(meant->container.get(), kShownBytes) +
                " declares it as the hostPort of " + std::to_string(meant->container_port) +
                ": make the service's targetPort " + std::to_string(meant->container_port);
  } else {
    sentence += ", which the service's targetPort asks for; " + DescribeDeclared(pod) +
                ": declare it in the pod or correct the targetPort";
  }
  return {SkipReason::kNoContainerPort, std::move(sentence)};
}

}  // namespace k8sm::endpoints
