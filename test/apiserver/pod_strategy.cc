#include "test/apiserver/pod_strategy.h"

#include <set>

namespace k8sm::apiserver {
namespace {

// "Always" for images without a tag, or with the tag latest; a digest counts as a tag.
std::string_view DefaultPullPolicy(std::string_view image) {
  if (image.find('@') != image.npos) return "IfNotPresent";
  const std::size_t colon = image.rfind(':');
  const std::size_t slash = image.rfind('/');
  const bool tagged = colon != image.npos && (slash == image.npos || colon > slash);
  return !tagged || image.substr(colon + 1) == "latest" ? "Always" : "IfNotPresent";
}

void DefaultContainer(Json& container, bool host_network, JsonAllocator& allocator) {
  DefaultString(container, "terminationMessagePath", "/dev/termination-log", allocator);
  DefaultString(container, "terminationMessagePolicy", "File", allocator);
  DefaultString(container, "imagePullPolicy", DefaultPullPolicy(GetString(container, "image")), allocator);
  for (Json* port : Elements(container, "ports")) {
    DefaultString(*port, "protocol", "TCP", allocator);
    if (host_network && GetInt(*port, "hostPort") == 0) {
      Set(*port, "hostPort", Json(GetInt(*port, "containerPort")), allocator);
    }
  }
}

// The single address and the list must agree; the single one takes precedence.
void AlignAddresses(Json& status, const char* single, const char* list, JsonAllocator& allocator) {
  const std::vector<Json*> addresses = Elements(status, list);
  const std::string first(addresses.empty() ? std::string_view() : GetString(*addresses.front(), "ip"));
  const std::string ip(GetString(status, single));
  if (ip.empty()) {
    if (!first.empty()) SetString(status, single, first, allocator);
    return;
  }
  if (first == ip) return;
  Json only(rapidjson::kObjectType), replaced(rapidjson::kArrayType);
  SetString(only, "ip", ip, allocator);
  replaced.PushBack(std::move(only), allocator);
  Set(status, list, std::move(replaced), allocator);
}

void SetDefaults(Json& pod, JsonAllocator& allocator) {
  Json& spec = EnsureObject(pod, "spec", allocator);
  DefaultString(spec, "restartPolicy", "Always", allocator);
  DefaultString(spec, "dnsPolicy", "ClusterFirst", allocator);
  DefaultString(spec, "schedulerName", "default-scheduler", allocator);
  if (!Find(spec, "terminationGracePeriodSeconds")) {
    Set(spec, "terminationGracePeriodSeconds", Json(30), allocator);
  }
  if (!Find(spec, "enableServiceLinks")) Set(spec, "enableServiceLinks", Json(true), allocator);
  EnsureObject(spec, "securityContext", allocator);
  for (const char* list : {"initContainers", "containers"}) {
    for (Json* container : Elements(spec, list)) {
      DefaultContainer(*container, GetBool(spec, "hostNetwork"), allocator);
    }
  }
  Json& status = EnsureObject(pod, "status", allocator);
  DefaultString(status, "phase", "Pending", allocator);
  AlignAddresses(status, "podIP", "podIPs", allocator);
  AlignAddresses(status, "hostIP", "hostIPs", allocator);
}

bool Tolerates(const Json& spec, std::string_view key) {
  for (const Json* toleration : Elements(spec, "tolerations")) {
    const std::string_view own = GetString(*toleration, "key"), effect = GetString(*toleration, "effect");
    if ((own.empty() || own == key) && (effect.empty() || effect == "NoExecute")) return true;
  }
  return false;
}

void AddToleration(Json& spec, std::string_view key, JsonAllocator& allocator) {
  if (Tolerates(spec, key)) return;
  if (!Find(spec, "tolerations")) Set(spec, "tolerations", Json(rapidjson::kArrayType), allocator);
  Json toleration(rapidjson::kObjectType);
  SetString(toleration, "key", key, allocator);
  SetString(toleration, "operator", "Exists", allocator);
  SetString(toleration, "effect", "NoExecute", allocator);
  Set(toleration, "tolerationSeconds", Json(300), allocator);
  Find(spec, "tolerations")->PushBack(std::move(toleration), allocator);
}

// Guaranteed if every container's cpu and memory limits equal its requests; BestEffort if there are no
// requests and limits; otherwise Burstable.
std::string_view QosClass(const Json& spec) {
  bool any = false, all = true;
  for (const char* list : {"initContainers", "containers"}) {
    for (const Json* container : Elements(spec, list)) {
      const Json* limits = FindPath(*container, {"resources", "limits"});
      const Json* requests = FindPath(*container, {"resources", "requests"});
      any = any || !IsEmpty(limits) || !IsEmpty(requests);
      for (const char* what : {"cpu", "memory"}) {
        const std::string_view limit = limits ? GetString(*limits, what) : "";
        const std::string_view request = requests ? GetString(*requests, what) : "";
        all = all && !limit.empty() && (request.empty() || request == limit);
      }
    }
  }
  return !any ? "BestEffort" : all ? "Guaranteed" : "Burstable";
}

// Adds what the admission plugins DefaultTolerationSeconds and Priority add.
void Admit(Json& pod, JsonAllocator& allocator) {
  Json& spec = *Find(pod, "spec");
  AddToleration(spec, "node.kubernetes.io/not-ready", allocator);
  AddToleration(spec, "node.kubernetes.io/unreachable", allocator);
  if (!Find(spec, "priority")) Set(spec, "priority", Json(0), allocator);
  DefaultString(spec, "preemptionPolicy", "PreemptLowerPriority", allocator);
}

void PrepareCreate(Json& pod, JsonAllocator& allocator) {
  Admit(pod, allocator);
  DefaultString(*Find(pod, "status"), "qosClass", QosClass(*Find(pod, "spec")), allocator);
}

// A status that leaves qosClass out does not clear it.
void PrepareUpdate(Json& pod, const Json& old, JsonAllocator& allocator) {
  Admit(pod, allocator);
  const Json* qos = FindPath(old, {"status", "qosClass"});
  if (qos) DefaultString(EnsureObject(pod, "status", allocator), "qosClass", qos->GetString(), allocator);
}

void ValidatePort(const Json& port, std::set<std::string_view>& names, const std::string& path,
                  FieldErrors& errors) {
  const std::string_view name = GetString(port, "name");
  if (!name.empty()) {
    CheckPortName(name, path + ".name", errors);
    if (!names.insert(name).second) errors.Duplicate(path + ".name", name);
  }
  if (!Find(port, "containerPort")) {
    errors.Required(path + ".containerPort");
  } else {
    CheckPortNumber(GetInt(port, "containerPort"), path + ".containerPort", errors);
  }
  if (GetInt(port, "hostPort") != 0) CheckPortNumber(GetInt(port, "hostPort"), path + ".hostPort", errors);
  CheckProtocol(port, path + ".protocol", errors);
}

void ValidateContainer(const Json& container, std::set<std::string_view>& names, const std::string& path,
                       FieldErrors& errors) {
  const std::string_view name = GetString(container, "name");
  if (name.empty()) {
    errors.Required(path + ".name");
  } else {
    CheckName(NameForm::kDnsLabel, name, path + ".name", errors);
    if (!names.insert(name).second) errors.Duplicate(path + ".name", name);
  }
  if (GetString(container, "image").empty()) errors.Required(path + ".image");
  std::set<std::string_view> port_names;
  std::size_t i = 0;
  for (const Json* port : Elements(container, "ports")) {
    ValidatePort(*port, port_names, IndexPath(path + ".ports", i++), errors);
  }
}

void ValidateHostNetwork(const Json& spec, const std::string& path, FieldErrors& errors) {
  if (!GetBool(spec, "hostNetwork")) return;
  std::size_t i = 0;
  for (const Json* container : Elements(spec, "containers")) {
    const std::string ports = IndexPath(path + ".containers", i++) + ".ports";
    std::size_t j = 0;
    for (const Json* port : Elements(*container, "ports")) {
      const std::string port_path = IndexPath(ports, j++);
      if (GetInt(*port, "hostPort") != GetInt(*port, "containerPort")) {
        errors.Invalid(port_path + ".hostPort", GetInt(*port, "hostPort"),
                       "must match `containerPort` when `hostNetwork` is true");
      }
    }
  }
}

void ValidateStatus(const Json& pod, FieldErrors& errors) {
  const Json* status = Find(pod, "status");
  if (!status) return;
  for (const char* list : {"podIPs", "hostIPs"}) {
    std::size_t i = 0;
    for (const Json* address : Elements(*status, list)) {
      const std::string ip(GetString(*address, "ip"));
      const std::string path = IndexPath(std::string("status.") + list, i++);
      if (!IsIp(ip, AddressFamily::kAny)) {
        errors.Invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
      }
    }
  }
}

void Validate(const Json& pod, FieldErrors& errors) {
  const Json& spec = *Find(pod, "spec");
  std::set<std::string_view> names;
  if (IsEmpty(Find(spec, "containers"))) errors.Required("spec.containers");
  for (const char* list : {"containers", "initContainers"}) {
    std::size_t i = 0;
    for (const Json* container : Elements(spec, list)) {
      ValidateContainer(*container, names, IndexPath(std::string("spec.") + list, i++), errors);
    }
  }
  ValidateHostNetwork(spec, "spec", errors);
  if (const std::string_view policy = GetString(spec, "restartPolicy");
      policy != "Always" && policy != "OnFailure" && policy != "Never") {
    errors.NotSupported("spec.restartPolicy", policy, {"Always", "Never", "OnFailure"});
  }
  ValidateStatus(pod, errors);
}

// Only these members of a pod's spec are mutable.
void ValidateUpdate(const Json& pod, const Json& old, FieldErrors& errors) {
  JsonDocument a, b;
  a.CopyFrom(*Find(pod, "spec"), a.GetAllocator());
  b.CopyFrom(*Find(old, "spec"), b.GetAllocator());
  for (JsonDocument* spec : {&a, &b}) {
    for (const char* name : {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds",
                             "nodeName", "schedulingGates"}) {
      Remove(*spec, name);
    }
    for (const char* list : {"containers", "initContainers"}) {
      for (Json* container : Elements(*spec, list)) Remove(*container, "image");
    }
  }
  const std::string_view old_node = GetString(*Find(old, "spec"), "nodeName");
  const bool moved = !old_node.empty() && !SameMember(*Find(pod, "spec"), *Find(old, "spec"), "nodeName");
  if (!moved && static_cast<const Json&>(a) == static_cast<const Json&>(b)) return;
  errors.Forbidden("spec",
                   "pod updates may not change fields other than `spec.containers[*].image`,"
                   "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
                   "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
                   "set to 1 if it was previously negative)");
}

bool ChangesGeneration(const Json& pod, const Json& old) {
  return !SameMember(pod, old, "spec");
}

}  // namespace

const Strategy kPodStrategy{.set_defaults = SetDefaults,
                            .prepare_create = PrepareCreate,
                            .prepare_update = PrepareUpdate,
                            .validate = Validate,
                            .validate_update = ValidateUpdate,
                            .changes_generation = ChangesGeneration};

}  // namespace k8sm::apiserver
