#include "test/apiserver/protobuf_types.h"

#include <sstream>

namespace k8sm::apiserver {
namespace {

// A type's name, followed by its fields, one per line: name, number, type, and * for a pointer. The types are
// string, int (also bool), Time, IntOrString, raw (a FieldsV1), map (from string to string) and messages;
// []TYPE is a list. For laterField see schema_types.cc.
constexpr const char* kTable = R"(
ObjectMeta
  name 1 string
  generateName 2 string
  namespace 3 string
  selfLink 4 string
  uid 5 string
  resourceVersion 6 string
  generation 7 int
  creationTimestamp 8 Time
  deletionTimestamp 9 Time *
  deletionGracePeriodSeconds 10 int *
  labels 11 map
  annotations 12 map
  ownerReferences 13 []OwnerReference
  finalizers 14 []string
  managedFields 17 []ManagedFieldsEntry
  laterField 18 string *
OwnerReference
  kind 1 string
  name 3 string
  uid 4 string
  apiVersion 5 string
  controller 6 int *
  blockOwnerDeletion 7 int *
ManagedFieldsEntry
  manager 1 string
  operation 2 string
  apiVersion 3 string
  time 4 Time *
  fieldsType 6 string
  fieldsV1 7 raw *
  subresource 8 string
ListMeta
  selfLink 1 string
  resourceVersion 2 string
  continue 3 string
  remainingItemCount 4 int *
PartialObjectMetadata
  metadata 1 ObjectMeta
Status
  metadata 1 ListMeta
  status 2 string
  message 3 string
  reason 4 string
  details 5 StatusDetails *
  code 6 int
StatusDetails
  name 1 string
  group 2 string
  kind 3 string
  causes 4 []StatusCause
  retryAfterSeconds 5 int
  uid 6 string
StatusCause
  reason 1 string
  message 2 string
  field 3 string
Pod
  metadata 1 ObjectMeta
  spec 2 PodSpec
  status 3 PodStatus
PodSpec
  containers 2 []Container
  restartPolicy 3 string
  terminationGracePeriodSeconds 4 int *
  activeDeadlineSeconds 5 int *
  dnsPolicy 6 string
  nodeSelector 7 map
  serviceAccountName 8 string
  serviceAccount 9 string
  nodeName 10 string
  hostNetwork 11 int
  hostPID 12 int
  hostIPC 13 int
  hostname 16 string
  subdomain 17 string
  schedulerName 19 string
  initContainers 20 []Container
  automountServiceAccountToken 21 int *
  tolerations 22 []Toleration
  priorityClassName 24 string
  priority 25 int *
  enableServiceLinks 30 int *
  preemptionPolicy 31 string *
Container
  name 1 string
  image 2 string
  command 3 []string
  args 4 []string
  workingDir 5 string
  ports 6 []ContainerPort
  env 7 []EnvVar
  terminationMessagePath 13 string
  imagePullPolicy 14 string
  stdin 16 int
  stdinOnce 17 int
  tty 18 int
  terminationMessagePolicy 20 string
  restartPolicy 24 string *
ContainerPort
  name 1 string
  hostPort 2 int
  containerPort 3 int
  protocol 4 string
  hostIP 5 string
EnvVar
  name 1 string
  value 2 string
Toleration
  key 1 string
  operator 2 string
  value 3 string
  effect 4 string
  tolerationSeconds 5 int *
PodStatus
  phase 1 string
  conditions 2 []PodCondition
  message 3 string
  reason 4 string
  hostIP 5 string
  podIP 6 string
  startTime 7 Time *
  containerStatuses 8 []ContainerStatus
  qosClass 9 string
  initContainerStatuses 10 []ContainerStatus
  nominatedNodeName 11 string
  podIPs 12 []IP
  ephemeralContainerStatuses 13 []ContainerStatus
  resize 14 string
  hostIPs 16 []IP
  observedGeneration 17 int
PodCondition
  type 1 string
  status 2 string
  lastProbeTime 3 Time
  lastTransitionTime 4 Time
  reason 5 string
  message 6 string
  observedGeneration 7 int
ContainerStatus
  name 1 string
  ready 4 int
  restartCount 5 int
  image 6 string
  imageID 7 string
  containerID 8 string
  started 9 int *
IP
  ip 1 string
Service
  metadata 1 ObjectMeta
  spec 2 ServiceSpec
ServiceSpec
  ports 1 []ServicePort
  selector 2 map
  clusterIP 3 string
  type 4 string
  externalIPs 5 []string
  sessionAffinity 7 string
  loadBalancerIP 8 string
  loadBalancerSourceRanges 9 []string
  externalName 10 string
  externalTrafficPolicy 11 string
  healthCheckNodePort 12 int
  publishNotReadyAddresses 13 int
  ipFamilyPolicy 17 string *
  clusterIPs 18 []string
  ipFamilies 19 []string
  allocateLoadBalancerNodePorts 20 int *
  loadBalancerClass 21 string *
  internalTrafficPolicy 22 string *
  trafficDistribution 23 string *
ServicePort
  name 1 string
  protocol 2 string
  port 3 int
  targetPort 4 IntOrString
  nodePort 5 int
  appProtocol 6 string *
Endpoints
  metadata 1 ObjectMeta
  subsets 2 []EndpointSubset
EndpointSubset
  addresses 1 []EndpointAddress
  notReadyAddresses 2 []EndpointAddress
  ports 3 []SubsetPort
EndpointAddress
  ip 1 string
  targetRef 2 ObjectReference *
  hostname 3 string
  nodeName 4 string *
SubsetPort
  name 1 string
  port 2 int
  protocol 3 string
  appProtocol 4 string *
ObjectReference
  kind 1 string
  namespace 2 string
  name 3 string
  uid 4 string
  apiVersion 5 string
  resourceVersion 6 string
  fieldPath 7 string
EndpointSlice
  metadata 1 ObjectMeta
  endpoints 2 []Endpoint
  ports 3 []SlicePort
  addressType 4 string
Endpoint
  addresses 1 []string
  conditions 2 EndpointConditions
  hostname 3 string *
  targetRef 4 ObjectReference *
  deprecatedTopology 5 map
  nodeName 6 string *
  zone 7 string *
  hints 8 EndpointHints *
EndpointConditions
  ready 1 int *
  serving 2 int *
  terminating 3 int *
EndpointHints
  forZones 1 []NamedHint
  forNodes 2 []NamedHint
NamedHint
  name 1 string
SlicePort
  name 1 string *
  protocol 2 string *
  port 3 int *
  appProtocol 4 string *
)";

using Messages = std::map<std::string, Message, std::less<>>;

void SetType(MessageField& field, std::string_view type, Messages& messages) {
  using Kind = MessageField::Kind;
  field.list = type.starts_with("[]");
  if (field.list) type.remove_prefix(2);
  field.map = type == "map";
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"string", Kind::kString},           {"int", Kind::kInteger}, {"Time", Kind::kTime},
      {"IntOrString", Kind::kIntOrString}, {"raw", Kind::kRaw},     {"map", Kind::kString}};
  for (const auto& [name, kind] : kKinds) {
    if (name != type) continue;
    field.kind = kind;
    return;
  }
  field.kind = Kind::kMessage;
  // The type may be defined later in the table: std::map keeps its address valid.
  field.message = &messages[std::string(type)];
}

Messages Parse() {
  Messages messages;
  std::istringstream lines(kTable);
  Message* message = nullptr;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    MessageField field;
    std::string type, mark;
    if (!(words >> field.name)) continue;
    if (!(words >> field.number >> type)) {
      message = &messages[field.name];
      continue;
    }
    SetType(field, type, messages);
    field.pointer = static_cast<bool>(words >> mark);
    message->fields.push_back(std::move(field));
  }
  return messages;
}

}  // namespace

const Message* FindMessage(std::string_view name) {
  static const Messages* const messages = new Messages(Parse());
  const auto found = messages->find(name);
  return found == messages->end() ? nullptr : &found->second;
}

}  // namespace k8sm::apiserver
