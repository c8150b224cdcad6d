#include "test/apiserver/endpoints_strategy.h"

#include <map>
#include <tuple>
#include <utility>

namespace k8sm::apiserver {
namespace {

// Sorts by ip and targetRef.uid; an address without a targetRef comes first.
using AddressKey = std::tuple<std::string, bool, std::string>;

AddressKey KeyOf(const Json& address) {
  const Json* target = Find(address, "targetRef");
  return {std::string(GetString(address, "ip")), target != nullptr,
          target ? std::string(GetString(*target, "uid")) : std::string()};
}

using PortKey = std::tuple<std::string, std::int64_t, std::string, std::string>;

PortKey KeyOfPort(const Json& port) {
  return {std::string(GetString(port, "name")), GetInt(port, "port"),
          std::string(GetString(port, "protocol")), std::string(GetString(port, "appProtocol"))};
}

// Whether each address of a port is ready.
using Readiness = std::map<AddressKey, bool>;

struct Expanded {
  std::map<AddressKey, const Json*> addresses;
  // nullptr is the port of subsets without ports.
  std::map<PortKey, const Json*> ports;
  std::map<PortKey, Readiness> ready;
};

void AddAddresses(Expanded& expanded, const Json& subset, const PortKey& port, bool ready) {
  for (const Json* address : Elements(subset, ready ? "addresses" : "notReadyAddresses")) {
    const AddressKey key = KeyOf(*address);
    expanded.addresses.emplace(key, address);
    bool& state = expanded.ready[port].emplace(key, ready).first->second;
    state = state && ready;
  }
}

Expanded Expand(const Json& subsets) {
  Expanded expanded;
  for (const Json* subset : Elements(&subsets)) {
    std::vector<const Json*> ports = Elements(*subset, "ports");
    if (ports.empty()) ports.push_back(nullptr);
    for (const Json* port : ports) {
      const PortKey key = port ? KeyOfPort(*port) : PortKey{"", -1, "", ""};
      expanded.ports.emplace(key, port);
      AddAddresses(expanded, *subset, key, true);
      AddAddresses(expanded, *subset, key, false);
    }
  }
  return expanded;
}

Json AddressList(const Expanded& expanded, const Readiness& readiness, bool wanted,
                 JsonAllocator& allocator) {
  Json list(rapidjson::kArrayType);
  for (const auto& [key, ready] : readiness) {
    if (ready == wanted) list.PushBack(Copy(*expanded.addresses.at(key), allocator), allocator);
  }
  return list;
}

void SetDefaults(Json& endpoints, JsonAllocator& allocator) {
  for (Json* subset : Elements(endpoints, "subsets")) {
    for (Json* port : Elements(*subset, "ports")) DefaultString(*port, "protocol", "TCP", allocator);
  }
}

void ValidateAddress(const Json& address, const std::string& path, FieldErrors& errors) {
  const std::string ip(GetString(address, "ip"));
  if (!IsIp(ip, AddressFamily::kAny)) {
    errors.Invalid(path + ".ip", ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  } else if (IsMappedIp(ip)) {
    errors.Invalid(path + ".ip", ip, "must not be an IPv4-mapped IPv6 address");
  }
  if (const std::string_view hostname = GetString(address, "hostname"); !hostname.empty()) {
    CheckName(NameForm::kDnsLabel, hostname, path + ".hostname", errors);
  }
  if (Find(address, "nodeName")) {
    CheckName(NameForm::kDnsSubdomain, GetString(address, "nodeName"), path + ".nodeName", errors);
  }
  CheckNonSpecialIp(ip, path + ".ip", errors);
}

void ValidatePort(const Json& port, bool require_name, const std::string& path, FieldErrors& errors) {
  const std::string_view name = GetString(port, "name");
  if (require_name && name.empty()) {
    errors.Required(path + ".name");
  } else if (!name.empty()) {
    CheckName(NameForm::kDnsLabel, name, path + ".name", errors);
  }
  CheckPortNumber(GetInt(port, "port"), path + ".port", errors);
  CheckProtocol(port, path + ".protocol", errors);
  if (const std::string_view app = GetString(port, "appProtocol"); !app.empty()) {
    CheckQualifiedName(app, path + ".appProtocol", errors);
  }
}

void ValidateSubset(const Json& subset, const std::string& path, FieldErrors& errors) {
  if (IsEmpty(Find(subset, "addresses")) && IsEmpty(Find(subset, "notReadyAddresses"))) {
    errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
  }
  for (const char* list : {"addresses", "notReadyAddresses"}) {
    std::size_t i = 0;
    for (const Json* address : Elements(subset, list)) {
      ValidateAddress(*address, IndexPath(path + "." + list, i++), errors);
    }
  }
  const std::vector<const Json*> ports = Elements(subset, "ports");
  for (std::size_t i = 0; i < ports.size(); ++i) {
    ValidatePort(*ports[i], ports.size() > 1, IndexPath(path + ".ports", i), errors);
  }
}

void Validate(const Json& endpoints, FieldErrors& errors) {
  std::size_t i = 0;
  for (const Json* subset : Elements(endpoints, "subsets")) {
    ValidateSubset(*subset, IndexPath("subsets", i++), errors);
  }
}

}  // namespace

void RepackSubsets(Json& endpoints, JsonAllocator& allocator) {
  Json* subsets = Find(endpoints, "subsets");
  if (!subsets) return;
  const Expanded expanded = Expand(*subsets);
  std::map<Readiness, std::vector<const Json*>> ports_by_addresses;
  for (const auto& [key, port] : expanded.ports) {
    const auto ready = expanded.ready.find(key);
    if (ready != expanded.ready.end()) ports_by_addresses[ready->second].push_back(port);
  }
  Json packed(rapidjson::kArrayType);
  for (const auto& [readiness, ports] : ports_by_addresses) {
    Json subset(rapidjson::kObjectType), list(rapidjson::kArrayType);
    for (const Json* port : ports) {
      if (port) list.PushBack(Copy(*port, allocator), allocator);
    }
    Set(subset, "addresses", AddressList(expanded, readiness, true, allocator), allocator);
    Set(subset, "notReadyAddresses", AddressList(expanded, readiness, false, allocator), allocator);
    Set(subset, "ports", std::move(list), allocator);
    packed.PushBack(std::move(subset), allocator);
  }
  Set(endpoints, "subsets", std::move(packed), allocator);
}

const Strategy kEndpointsStrategy{
    .set_defaults = SetDefaults, .canonicalize = RepackSubsets, .validate = Validate};

}  // namespace k8sm::apiserver
