#include "test/apiserver/service_allocator.h"

#include <cstdio>

namespace k8sm::apiserver {
namespace {

// Excludes network and broadcast addresses, and the addresses that cluster DNS and the API server usually
// have.
constexpr std::uint32_t kFirstHost = 10;
constexpr std::uint32_t kLastHost = 0xfffe;

std::string Address(std::string_view family, std::uint32_t host) {
  char text[32];
  if (family == "IPv6") {
    std::snprintf(text, sizeof text, "fd00:96::%x", host);
  } else {
    std::snprintf(text, sizeof text, "10.%u.%u.%u", 96 + (host >> 16), (host >> 8) & 0xff, host & 0xff);
  }
  return text;
}

}  // namespace

std::string ServiceAllocator::NextIp(std::string_view family) const {
  // Tests do not have 65,000 services; beyond that an address would be allocated twice.
  for (std::uint32_t tries = 0; tries < kLastHost; ++tries) {
    last_ip_ = last_ip_ >= kLastHost ? kFirstHost : last_ip_ + 1;
    if (!IsHeld(Address(family, last_ip_))) break;
  }
  return Address(family, last_ip_);
}

std::int64_t ServiceAllocator::NextNodePort() const {
  for (int tries = 0; tries < 2768; ++tries) {
    last_port_ = last_port_ >= 32'767 ? 30'000 : last_port_ + 1;
    if (!node_ports_.contains(last_port_)) break;
  }
  return last_port_;
}

void ServiceAllocator::Hold(const Json& service) {
  const Json* spec = Find(service, "spec");
  if (!spec) return;
  for (const Json* ip : Elements(*spec, "clusterIPs")) {
    if (const std::string text = ip->GetString(); text != "None") ips_.insert(text);
  }
  for (const Json* port : Elements(*spec, "ports")) {
    if (GetInt(*port, "nodePort") != 0) node_ports_.insert(GetInt(*port, "nodePort"));
  }
}

void ServiceAllocator::Release(const Json& service) {
  const Json* spec = Find(service, "spec");
  if (!spec) return;
  for (const Json* ip : Elements(*spec, "clusterIPs")) ips_.erase(ip->GetString());
  for (const Json* port : Elements(*spec, "ports")) {
    const auto held = node_ports_.find(GetInt(*port, "nodePort"));
    if (held != node_ports_.end()) node_ports_.erase(held);
  }
}

}  // namespace k8sm::apiserver
