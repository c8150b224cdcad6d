#include "lib/manifest/manifest.h"

#include "lib/base/printable.h"
#include "lib/manifest/yaml_documents.h"
#include "lib/manifest/yaml_field.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace k8sm::manifest {
namespace {

constexpr std::int64_t kMaxReplicas = std::numeric_limits<std::int32_t>::max();
constexpr int kMaxListDepth = 5;
constexpr std::string_view kIgnoreAnnotation = "k8sm.mesosphere.io/ignore-port-checks";
constexpr std::string_view kRolesAnnotation = "k8s.mesosphere.io/roles";
constexpr std::string_view kMappingLabel = "k8s.mesosphere.io/portMapping";

struct Kind {
  std::string_view name;
  std::array<std::string_view, 2> groups;
};

// PetSet and ScheduledJob are the former names of StatefulSet and CronJob.
constexpr std::array<Kind, 12> kKinds{{
    {"Pod", {"", ""}},
    {"PodTemplate", {"", ""}},
    {"ReplicationController", {"", ""}},
    {"Service", {"", ""}},
    {"ReplicaSet", {"apps", "extensions"}},
    {"Deployment", {"apps", "extensions"}},
    {"StatefulSet", {"apps", "apps"}},
    {"PetSet", {"apps", "apps"}},
    {"DaemonSet", {"apps", "extensions"}},
    {"Job", {"batch", "extensions"}},
    {"CronJob", {"batch", "batch"}},
    {"ScheduledJob", {"batch", "batch"}},
}};

// The group of an apiVersion: "" for "v1", "apps" for "apps/v1".
std::string GroupOf(const std::string& api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

// Returns the kind of this name; null if it is none of those that are read.
const Kind* FindKind(const std::string& name) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return found != kKinds.end() ? &*found : nullptr;
}

bool IsOf(const Kind& kind, const std::string& api_version) {
  return std::find(kind.groups.begin(), kind.groups.end(), GroupOf(api_version)) != kind.groups.end();
}

std::uint32_t ReadCount(const YamlField& field, std::uint32_t absent) {
  return static_cast<std::uint32_t>(field.Int(0, kMaxReplicas, "a number").value_or(absent));
}

kube::Protocol ReadProtocol(const YamlField& field) {
  const std::string text = field.String();
  const auto protocol = kube::ProtocolNamed(text);
  if (!protocol && !text.empty()) field.Refuse("TCP, UDP or SCTP");
  return protocol.value_or(kube::Protocol::kTcp);
}

// A number, or a percentage such as "25%".
struct IntOrPercent {
  std::uint32_t number = 0;
  bool is_percent = false;
};

IntOrPercent ReadIntOrPercent(const YamlField& field, IntOrPercent absent) {
  if (!field.present()) return absent;
  std::string text = field.String();
  if (!field.IsText()) return {ReadCount(field, 0), false};
  const bool percent = !text.empty() && text.back() == '%';
  if (percent) text.pop_back();
  const bool digits = !text.empty() && text.size() <= 6 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!percent || !digits) {
    field.Refuse("a number or a percentage");
    return absent;
  }
  return {static_cast<std::uint32_t>(std::stoul(text)), true};
}

void ReadContainerPorts(const YamlField& container, Workload& workload) {
  for (const YamlField& port : container.Member("ports").Elements()) {
    const YamlField host_port = port.Member("hostPort");
    const YamlField container_port = port.Member("containerPort");
    constexpr std::string_view kPort = "a port from 0 to 65535";
    ports::DeclaredPort declared;
    declared.host_port = static_cast<ports::Port>(host_port.Int(0, ports::kMaxPort, kPort).value_or(0));
    declared.container_port =
        static_cast<ports::Port>(container_port.Int(0, ports::kMaxPort, kPort).value_or(0));
    workload.spec.ports.push_back(declared);
    const std::size_t line = host_port.present() ? host_port.line() : container_port.line();
    workload.places.push_back({line, ReadProtocol(port.Member("protocol"))});
  }
}

// `pod` is a Pod or a pod template.
void ReadPod(const YamlField& pod, Workload& workload) {
  const YamlField spec = pod.Member("spec");
  workload.spec.host_network = spec.Member("hostNetwork").Bool();
  workload.spec.node = kube::Symbol(spec.Member("nodeName").String());
  workload.spec.selector = spec.Member("nodeSelector").Labels();
  for (const YamlField& container : spec.Member("containers").Elements())
    ReadContainerPorts(container, workload);
  const YamlField metadata = pod.Member("metadata");
  const YamlField roles = metadata.Member("annotations").Member(kRolesAnnotation);
  if (roles.present()) workload.spec.roles = roles.String();
  const YamlField mapping = metadata.Member("labels").Member(kMappingLabel);
  if (mapping.present()) workload.spec.port_mapping = mapping.String();
}

Requirement ReadRequirement(const YamlField& field) {
  Requirement requirement;
  requirement.key = field.Member("key").String();
  const YamlField op = field.Member("operator");
  const std::string text = op.String();
  if (text == "NotIn") {
    requirement.op = Requirement::Operator::kNotIn;
  } else if (text == "Exists") {
    requirement.op = Requirement::Operator::kExists;
  } else if (text == "DoesNotExist") {
    requirement.op = Requirement::Operator::kDoesNotExist;
  } else if (text != "In") {
    op.Refuse("In, NotIn, Exists or DoesNotExist");
  }
  for (const YamlField& value : field.Member("values").Elements())
    requirement.values.push_back(value.String());
  return requirement;
}

// Without a selector, the template's labels are used, which is the default in old API versions.
void ReadSelector(const YamlField& spec, Workload& workload) {
  const YamlField selector = spec.Member("selector");
  if (!selector.present()) {
    workload.own.labels = spec.Member("template").Member("metadata").Member("labels").Labels();
  } else if (workload.kind == "ReplicationController") {
    workload.own.labels = selector.Labels();
  } else {
    workload.own.labels = selector.Member("matchLabels").Labels();
    for (const YamlField& field : selector.Member("matchExpressions").Elements()) {
      workload.own.requirements.push_back(ReadRequirement(field));
    }
  }
}

ports::Rollout ReadDeploymentRollout(const YamlField& spec, std::uint32_t replicas,
                                     const std::string& api_version) {
  const YamlField strategy = spec.Member("strategy");
  const std::string type = strategy.Member("type").String();
  if (type == "Recreate") return {};
  // The API server's default.
  const IntOrPercent absent =
      api_version == "extensions/v1beta1" ? IntOrPercent{1, false} : IntOrPercent{25, true};
  const YamlField rolling = strategy.Member("rollingUpdate");
  const IntOrPercent unavailable = ReadIntOrPercent(rolling.Member("maxUnavailable"), absent);
  const IntOrPercent surge = ReadIntOrPercent(rolling.Member("maxSurge"), absent);
  // A positive percentage is rounded up, so it is never zero.
  const bool surges = surge.number > 0 && (!surge.is_percent || replicas > 0);
  return {.surges = true,
          .max_unavailable = ports::ResolveMaxUnavailable(replicas, unavailable.number,
                                                          unavailable.is_percent, surges ? 1 : 0)};
}

// A Job runs `parallelism` pods at a time, but no more than `completions`.
std::uint32_t JobReplicas(const YamlField& spec) {
  const std::uint32_t parallelism = ReadCount(spec.Member("parallelism"), 1);
  return std::min(parallelism, ReadCount(spec.Member("completions"), parallelism));
}

// REQUIRES: kind and name have been read.
void ReadSpec(const YamlField& object, const std::string& api_version, Workload& workload) {
  if (workload.kind == "Pod") {
    ReadPod(object, workload);
    return;
  }
  if (workload.kind == "PodTemplate") {
    ReadPod(object.Member("template"), workload);
    // It runs no pods itself.
    workload.replicas = 0;
    return;
  }
  const bool on_schedule = workload.kind == "CronJob" || workload.kind == "ScheduledJob";
  const YamlField spec =
      on_schedule ? object.Member("spec").Member("jobTemplate").Member("spec") : object.Member("spec");
  ReadPod(spec.Member("template"), workload);
  if (on_schedule || workload.kind == "Job") {
    workload.replicas = JobReplicas(spec);
    // The label that the Job controller sets on its pods.
    if (workload.kind == "Job")
      workload.own.labels.Set(kube::Symbol("job-name"), kube::Symbol(workload.name));
    return;
  }
  ReadSelector(spec, workload);
  if (workload.kind == "DaemonSet") {
    workload.replicas.reset();
    return;
  }
  workload.replicas = ReadCount(spec.Member("replicas"), 1);
  if (workload.kind == "Deployment") {
    workload.rollout = ReadDeploymentRollout(spec, *workload.replicas, api_version);
  } else if (workload.kind == "ReplicationController") {
    // kubectl rolling-update creates the new pod first and keeps all replicas available.
    workload.rollout = {.surges = true, .max_unavailable = 0};
  }
}

// Parses "port-no-spare, port-taken; because": the rules are listed before the reason.
std::vector<std::string> ReadIgnoredRules(std::string text) {
  text = text.substr(0, text.find(';'));
  std::vector<std::string> rules;
  std::string rule;
  for (const char c : text + ",") {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c != ',') {
      rule += c;
    } else if (!rule.empty()) {
      rules.push_back(std::exchange(rule, ""));
    }
  }
  return rules;
}

void ReadWorkload(const YamlField& object, std::string kind, const std::string& api_version,
                  Manifest& manifest) {
  Workload workload;
  workload.kind = std::move(kind);
  workload.line = object.line();
  const YamlField metadata = object.Member("metadata");
  workload.ns = metadata.Member("namespace").String();
  workload.name = metadata.Member("name").String();
  if (workload.name.empty()) workload.name = metadata.Member("generateName").String();
  if (workload.name.empty()) metadata.Member("name").Refuse("a name");
  workload.ignored_rules =
      ReadIgnoredRules(metadata.Member("annotations").Member(kIgnoreAnnotation).String());
  ReadSpec(object, api_version, workload);
  manifest.workloads.push_back(std::move(workload));
}

void ReadService(const YamlField& object, Manifest& manifest) {
  const YamlField metadata = object.Member("metadata");
  for (const YamlField& port : object.Member("spec").Member("ports").Elements()) {
    const YamlField field = port.Member("nodePort");
    const auto number = field.Int(0, ports::kMaxPort, "a port from 0 to 65535").value_or(0);
    if (number == 0) continue;
    manifest.node_ports.push_back({field.line(), metadata.Member("namespace").String(),
                                   metadata.Member("name").String(), static_cast<ports::Port>(number)});
  }
}

// The kind and apiVersion of a list's items that do not state their own.
struct TypeMeta {
  std::string kind;
  std::string api_version;
};

TypeMeta ReadTypeMeta(const YamlField& object, const TypeMeta& of_list) {
  const YamlField kind = object.Member("kind");
  if (!kind.present()) return of_list;
  return {kind.String(), object.Member("apiVersion").String()};
}

void ReadObject(const YamlField& object, const TypeMeta& of_list, int depth, Manifest& manifest) {
  if (!object.present()) return;
  if (!object.IsMap()) {
    ++manifest.others;
    return;
  }
  TypeMeta type = ReadTypeMeta(object, of_list);
  constexpr std::string_view kList = "List";
  if (type.kind.ends_with(kList) && depth < kMaxListDepth) {
    type.kind.resize(type.kind.size() - kList.size());
    for (const YamlField& item : object.Member("items").Elements())
      ReadObject(item, type, depth + 1, manifest);
    return;
  }
  const Kind* kind = FindKind(type.kind);
  // A file of values may have a "kind", too.
  const bool is_object = object.Member("metadata").present();
  if (kind != nullptr && type.api_version.empty() && is_object) {
    object.Member("apiVersion").Refuse("a version");
  } else if (kind == nullptr || type.api_version.empty() || !IsOf(*kind, type.api_version)) {
    ++manifest.others;
  } else if (type.kind == "Service") {
    ReadService(object, manifest);
  } else {
    ReadWorkload(object, std::move(type.kind), type.api_version, manifest);
  }
}

}  // namespace

Result<Manifest> ReadManifest(const std::string& text) {
  std::vector<YAML::Node> documents;
  if (auto loaded = LoadYamlDocuments(text, documents); !loaded) return loaded.error();
  Manifest manifest;
  Reading reading;
  for (const YAML::Node& document : documents) ReadObject(YamlField(document, reading), {}, 0, manifest);
  if (!reading.problem.empty()) return Error{.code = Errc::kInvalidConfig, .message = reading.problem};
  return manifest;
}

}  // namespace k8sm::manifest
