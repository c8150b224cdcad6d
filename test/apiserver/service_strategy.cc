#include "test/apiserver/service_strategy.h"

#include <algorithm>
#include <set>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kNone = "None";

bool IsExternalName(const Json& spec) {
  return GetString(spec, "type") == "ExternalName";
}

bool HasNodePorts(const Json& spec) {
  const std::string_view type = GetString(spec, "type");
  return type == "NodePort" || type == "LoadBalancer";
}

std::string_view FamilyOf(std::string_view ip) {
  return ip.find(':') == ip.npos ? "IPv4" : "IPv6";
}

std::vector<std::string> Strings(const Json& object, std::string_view name) {
  std::vector<std::string> strings;
  for (const Json* value : Elements(object, name)) strings.emplace_back(value->GetString());
  return strings;
}

void SetStrings(Json& object, std::string_view name, const std::vector<std::string>& strings,
                JsonAllocator& allocator) {
  Json list(rapidjson::kArrayType);
  for (const std::string& text : strings) list.PushBack(MakeString(text, allocator), allocator);
  Set(object, name, std::move(list), allocator);
}

void DefaultPort(Json& port, JsonAllocator& allocator) {
  DefaultString(port, "protocol", "TCP", allocator);
  const Json* target = Find(port, "targetPort");
  const bool unset = !target || (target->IsInt() && target->GetInt() == 0) || IsEmpty(target);
  if (unset) Set(port, "targetPort", Json(GetInt(port, "port")), allocator);
}

void SetDefaults(Json& service, JsonAllocator& allocator) {
  Json& spec = EnsureObject(service, "spec", allocator);
  DefaultString(spec, "sessionAffinity", "None", allocator);
  DefaultString(spec, "type", "ClusterIP", allocator);
  if (GetString(spec, "sessionAffinity") == "ClientIP") {
    Json& client =
        EnsureObject(EnsureObject(spec, "sessionAffinityConfig", allocator), "clientIP", allocator);
    if (!Find(client, "timeoutSeconds")) Set(client, "timeoutSeconds", Json(10800), allocator);
  } else {
    Remove(spec, "sessionAffinityConfig");
  }
  for (Json* port : Elements(spec, "ports")) DefaultPort(*port, allocator);
  if (HasNodePorts(spec)) DefaultString(spec, "externalTrafficPolicy", "Cluster", allocator);
  if (!IsExternalName(spec)) DefaultString(spec, "internalTrafficPolicy", "Cluster", allocator);
  if (GetString(spec, "type") == "LoadBalancer" && !Find(spec, "allocateLoadBalancerNodePorts")) {
    Set(spec, "allocateLoadBalancerNodePorts", Json(true), allocator);
  }
}

// clusterIP and clusterIPs must agree; an update that changes only one of them changes both.
void AlignClusterIps(Json& spec, const Json* old_spec, JsonAllocator& memory) {
  const std::string ip(GetString(spec, "clusterIP"));
  const std::vector<std::string> ips = Strings(spec, "clusterIPs");
  const bool list_changed = old_spec && !SameMember(spec, *old_spec, "clusterIPs");
  if (!ip.empty() && (ips.empty() || (ips.front() != ip && !list_changed))) {
    SetStrings(spec, "clusterIPs", {ip}, memory);
  } else if (ip.empty() && !ips.empty() && !old_spec) {
    SetString(spec, "clusterIP", ips.front(), memory);
  }
}

// Members missing from an update keep their values.
void TakeOver(Json& spec, const Json& old_spec, JsonAllocator& memory) {
  if (IsExternalName(spec) || IsExternalName(old_spec)) return;
  for (const char* name : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
    if (IsEmpty(Find(spec, name)) && Find(old_spec, name)) CopyMember(spec, old_spec, name, memory);
  }
  if (!HasNodePorts(spec) || !HasNodePorts(old_spec)) return;
  const std::vector<const Json*> old_ports = Elements(old_spec, "ports");
  for (Json* port : Elements(spec, "ports")) {
    if (GetInt(*port, "nodePort") != 0) continue;
    const auto same = std::find_if(old_ports.begin(), old_ports.end(), [&](const Json* old_port) {
      return SameMember(*old_port, *port, "port") && SameMember(*old_port, *port, "protocol");
    });
    if (same != old_ports.end()) CopyMember(*port, **same, "nodePort", memory);
  }
}

// A headless service without a selector defaults to dual-stack, because the families of its endpoints are
// unknown.
void AssignFamilies(Json& spec, JsonAllocator& memory) {
  const bool headless = GetString(spec, "clusterIP") == kNone;
  std::vector<std::string> families = Strings(spec, "ipFamilies");
  if (families.empty()) {
    for (const std::string& ip : Strings(spec, "clusterIPs")) {
      if (ip != kNone) families.emplace_back(FamilyOf(ip));
    }
  }
  if (GetString(spec, "ipFamilyPolicy").empty()) {
    const bool dual = families.size() > 1 || (headless && IsEmpty(Find(spec, "selector")));
    SetString(spec, "ipFamilyPolicy", dual ? "RequireDualStack" : "SingleStack", memory);
  }
  if (families.empty()) families.emplace_back("IPv4");
  if (GetString(spec, "ipFamilyPolicy") == "SingleStack") {
    families.resize(1);
  } else if (families.size() == 1) {
    families.emplace_back(families.front() == "IPv4" ? "IPv6" : "IPv4");
  }
  SetStrings(spec, "ipFamilies", families, memory);
}

void AssignIps(Json& spec, const ServiceAllocator& allocator, JsonAllocator& memory) {
  std::vector<std::string> ips = Strings(spec, "clusterIPs");
  const std::vector<std::string> families = Strings(spec, "ipFamilies");
  if (GetString(spec, "clusterIP") == kNone) {
    ips = {std::string(kNone)};
  } else {
    if (ips.size() > families.size()) ips.resize(families.size());
    for (std::size_t i = ips.size(); i < families.size(); ++i) ips.push_back(allocator.NextIp(families[i]));
  }
  SetString(spec, "clusterIP", ips.front(), memory);
  SetStrings(spec, "clusterIPs", ips, memory);
}

void ValidatePort(const Json& port, bool require_name, std::set<std::string_view>& names,
                  const std::string& path, FieldErrors& errors) {
  const std::string_view name = GetString(port, "name");
  if (require_name && name.empty()) {
    errors.Required(path + ".name");
  } else if (!name.empty()) {
    CheckName(NameForm::kDnsLabel, name, path + ".name", errors);
    if (!names.insert(name).second) errors.Duplicate(path + ".name", name);
  }
  CheckPortNumber(GetInt(port, "port"), path + ".port", errors);
  CheckProtocol(port, path + ".protocol", errors);
  const Json* target = Find(port, "targetPort");
  if (target && target->IsInt()) CheckPortNumber(target->GetInt(), path + ".targetPort", errors);
  if (target && target->IsString()) CheckPortName(target->GetString(), path + ".targetPort", errors);
  if (Find(port, "appProtocol")) {
    CheckQualifiedName(GetString(port, "appProtocol"), path + ".appProtocol", errors);
  }
}

void ValidatePorts(const Json& spec, FieldErrors& errors) {
  const std::vector<const Json*> ports = Elements(spec, "ports");
  if (ports.empty() && GetString(spec, "clusterIP") != kNone && !IsExternalName(spec)) {
    errors.Required("spec.ports");
  }
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, std::int64_t>> numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string path = IndexPath("spec.ports", i);
    ValidatePort(*ports[i], ports.size() > 1, names, path, errors);
    if (!numbers.emplace(GetString(*ports[i], "protocol"), GetInt(*ports[i], "port")).second) {
      errors.Duplicate(path, std::string(GetString(*ports[i], "protocol")) + "/" +
                                 std::to_string(GetInt(*ports[i], "port")));
    }
    if (!HasNodePorts(spec) && GetInt(*ports[i], "nodePort") != 0) {
      errors.Forbidden(path + ".nodePort",
                       "may not be used when `type` is '" + std::string(GetString(spec, "type")) + "'");
    }
  }
}

void ValidateExternalName(const Json& spec, FieldErrors& errors) {
  if (!IsEmpty(Find(spec, "clusterIP")) && GetString(spec, "clusterIP") != kNone) {
    errors.Forbidden("spec.clusterIPs[0]", "may not be set for ExternalName services");
  }
  const std::string_view name = GetString(spec, "externalName");
  if (name.empty()) return errors.Required("spec.externalName");
  CheckName(NameForm::kDnsSubdomain, name, "spec.externalName", errors);
}

void ValidateIps(const Json& spec, FieldErrors& errors) {
  std::size_t i = 0;
  for (const std::string& ip : Strings(spec, "clusterIPs")) {
    const std::string path = IndexPath("spec.clusterIPs", i++);
    if (ip == kNone || IsIp(ip, AddressFamily::kAny)) continue;
    errors.Invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
  i = 0;
  for (const std::string& ip : Strings(spec, "externalIPs")) {
    const std::string path = IndexPath("spec.externalIPs", i++);
    if (!IsIp(ip, AddressFamily::kAny)) {
      errors.Invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }
    CheckNonSpecialIp(ip, path, errors);
  }
}

void Validate(const Json& service, FieldErrors& errors) {
  const Json& spec = *Find(service, "spec");
  ValidatePorts(spec, errors);
  if (IsExternalName(spec)) ValidateExternalName(spec, errors);
  CheckLabels(Find(spec, "selector"), "spec.selector", errors);
  const std::string_view affinity = GetString(spec, "sessionAffinity");
  if (affinity != "None" && affinity != "ClientIP") {
    errors.NotSupported("spec.sessionAffinity", affinity, {"ClientIP", "None"});
  }
  const std::string_view type = GetString(spec, "type");
  if (type != "ClusterIP" && !HasNodePorts(spec) && !IsExternalName(spec)) {
    errors.NotSupported("spec.type", type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  }
  if (HasNodePorts(spec) && GetString(spec, "clusterIP") == kNone) {
    errors.Invalid("spec.clusterIPs[0]", kNone,
                   "may not be set to 'None' for " + std::string(type) + " services");
  }
  for (const std::string& family : Strings(spec, "ipFamilies")) {
    if (family == "IPv4" || family == "IPv6") continue;
    errors.NotSupported("spec.ipFamilies[0]", family, {"IPv4", "IPv6"});
  }
  ValidateIps(spec, errors);
}

void ValidateUpdate(const Json& service, const Json& old, FieldErrors& errors) {
  const Json &spec = *Find(service, "spec"), &old_spec = *Find(old, "spec");
  const std::string_view ip = GetString(spec, "clusterIP"), old_ip = GetString(old_spec, "clusterIP");
  if (IsExternalName(spec) || IsExternalName(old_spec) || ip == old_ip || old_ip.empty()) return;
  errors.InvalidRaw("spec.clusterIPs[0]", "[]string{\"" + std::string(ip) + "\"}", "may not change once set");
}

}  // namespace

void AssignServiceAddresses(Json& service, const Json* old, const ServiceAllocator& allocator,
                            JsonAllocator& memory) {
  Json& spec = *Find(service, "spec");
  const Json* old_spec = old ? Find(*old, "spec") : nullptr;
  if (IsExternalName(spec)) {
    // A service that becomes ExternalName releases its addresses.
    if (old_spec && SameMember(spec, *old_spec, "clusterIP")) Remove(spec, "clusterIP");
    for (const char* name : {"clusterIPs", "ipFamilies", "ipFamilyPolicy"}) Remove(spec, name);
    return;
  }
  AlignClusterIps(spec, old_spec, memory);
  if (old_spec) TakeOver(spec, *old_spec, memory);
  AssignFamilies(spec, memory);
  AssignIps(spec, allocator, memory);
  if (!HasNodePorts(spec)) return;
  for (Json* port : Elements(spec, "ports")) {
    if (GetInt(*port, "nodePort") == 0) Set(*port, "nodePort", Json(allocator.NextNodePort()), memory);
  }
}

void ValidateServiceAddresses(const Json& service, const Json* old, const ServiceAllocator& allocator,
                              FieldErrors& errors) {
  const std::vector<std::string> own =
      old ? Strings(*Find(*old, "spec"), "clusterIPs") : std::vector<std::string>();
  std::size_t i = 0;
  for (const std::string& ip : Strings(*Find(service, "spec"), "clusterIPs")) {
    const std::string path = IndexPath("spec.clusterIPs", i++);
    if (!allocator.IsHeld(ip) || std::find(own.begin(), own.end(), ip) != own.end()) continue;
    errors.InvalidRaw(path, "[]string{\"" + ip + "\"}",
                      "failed to allocate IP " + ip + ": provided IP is already allocated");
  }
}

const Strategy kServiceStrategy{.name_form = NameForm::kDnsLabel,
                                .set_defaults = SetDefaults,
                                .validate = Validate,
                                .validate_update = ValidateUpdate};

}  // namespace k8sm::apiserver
