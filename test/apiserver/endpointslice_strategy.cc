#include "test/apiserver/endpointslice_strategy.h"

#include <set>

namespace k8sm::apiserver {
namespace {

constexpr std::size_t kMaxEndpoints = 1000;
constexpr std::size_t kMaxAddresses = 100;
constexpr std::size_t kMaxPorts = 20'000;
constexpr std::size_t kMaxZoneHints = 8;

void SetDefaults(Json& slice, JsonAllocator& allocator) {
  for (Json* port : Elements(slice, "ports")) {
    if (!Find(*port, "name")) SetString(*port, "name", "", allocator);
    if (!Find(*port, "protocol")) SetString(*port, "protocol", "TCP", allocator);
  }
}

void ValidateIp(const std::string& address, AddressFamily family, const std::string& path,
                FieldErrors& errors) {
  if (!IsIp(address, family)) {
    const bool v4 = family == AddressFamily::kIPv4;
    errors.Invalid(path, address, v4 ? "must be a valid IPv4 address" : "must be a valid IPv6 address");
  }
  CheckNonSpecialIp(address, path, errors);
}

void ValidateAddress(std::string_view type, const std::string& address, const std::string& path,
                     FieldErrors& errors) {
  if (type == "IPv4") ValidateIp(address, AddressFamily::kIPv4, path, errors);
  if (type == "IPv6") ValidateIp(address, AddressFamily::kIPv6, path, errors);
  if (type == "FQDN") CheckName(NameForm::kDnsSubdomain, address, path, errors);
}

void ValidateHints(const Json& endpoint, const std::string& path, FieldErrors& errors) {
  const Json* hints = Find(endpoint, "hints");
  if (!hints) return;
  const std::vector<const Json*> zones = Elements(*hints, "forZones");
  if (zones.size() > kMaxZoneHints) errors.TooMany(path + ".forZones", zones.size(), kMaxZoneHints);
}

void ValidateEndpoint(std::string_view type, const Json& endpoint, const std::string& path,
                      FieldErrors& errors) {
  const std::string list = path + ".addresses";
  const std::vector<const Json*> addresses = Elements(endpoint, "addresses");
  if (addresses.empty()) errors.Required(list, "must contain at least 1 address");
  if (addresses.size() > kMaxAddresses) errors.TooMany(list, addresses.size(), kMaxAddresses);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    ValidateAddress(type, addresses[i]->GetString(), IndexPath(list, i), errors);
  }
  if (Find(endpoint, "nodeName")) {
    CheckName(NameForm::kDnsSubdomain, GetString(endpoint, "nodeName"), path + ".nodeName", errors);
  }
  CheckLabels(Find(endpoint, "deprecatedTopology"), path + ".deprecatedTopology", errors);
  if (Find(endpoint, "hostname")) {
    CheckName(NameForm::kDnsLabel, GetString(endpoint, "hostname"), path + ".hostname", errors);
  }
  ValidateHints(endpoint, path + ".hints", errors);
}

void ValidateEndpoints(const Json& slice, FieldErrors& errors) {
  const std::vector<const Json*> endpoints = Elements(slice, "endpoints");
  if (endpoints.size() > kMaxEndpoints) return errors.TooMany("endpoints", endpoints.size(), kMaxEndpoints);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    ValidateEndpoint(GetString(slice, "addressType"), *endpoints[i], IndexPath("endpoints", i), errors);
  }
}

void ValidatePorts(const Json& slice, FieldErrors& errors) {
  const std::vector<const Json*> ports = Elements(slice, "ports");
  if (ports.size() > kMaxPorts) return errors.TooMany("ports", ports.size(), kMaxPorts);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string path = IndexPath("ports", i);
    const std::string_view name = GetString(*ports[i], "name");
    if (!name.empty()) CheckName(NameForm::kDnsLabel, name, path + ".name", errors);
    if (!names.insert(name).second) errors.Duplicate(path + ".name", name);
    CheckProtocol(*ports[i], path + ".protocol", errors);
    if (Find(*ports[i], "port")) CheckPortNumber(GetInt(*ports[i], "port"), path + ".port", errors);
    if (Find(*ports[i], "appProtocol")) {
      CheckQualifiedName(GetString(*ports[i], "appProtocol"), path + ".appProtocol", errors);
    }
  }
}

void Validate(const Json& slice, FieldErrors& errors) {
  const std::string_view type = GetString(slice, "addressType");
  if (type.empty()) {
    errors.Required("addressType");
  } else if (type != "IPv4" && type != "IPv6" && type != "FQDN") {
    errors.NotSupported("addressType", type, {"FQDN", "IPv4", "IPv6"});
  }
  ValidateEndpoints(slice, errors);
  ValidatePorts(slice, errors);
}

void ValidateUpdate(const Json& slice, const Json& old, FieldErrors& errors) {
  if (!SameMember(slice, old, "addressType")) {
    errors.Invalid("addressType", GetString(slice, "addressType"), "field is immutable");
  }
}

bool ChangesGeneration(const Json& slice, const Json& old) {
  const Json* labels = FindPath(slice, {"metadata", "labels"});
  const Json* old_labels = FindPath(old, {"metadata", "labels"});
  const bool same_labels =
      labels && old_labels ? *labels == *old_labels : IsEmpty(labels) && IsEmpty(old_labels);
  return !same_labels || !SameMember(slice, old, "endpoints") || !SameMember(slice, old, "ports");
}

}  // namespace

const Strategy kEndpointSliceStrategy{.set_defaults = SetDefaults,
                                      .validate = Validate,
                                      .validate_update = ValidateUpdate,
                                      .changes_generation = ChangesGeneration};

}  // namespace k8sm::apiserver
