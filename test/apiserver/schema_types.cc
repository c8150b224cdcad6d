// The types of all kinds except Pod, and the shared ones, in the format described in schema.h. In place of a
// field of a later Kubernetes, which clients do not know, ObjectMeta has laterField.

#include "test/apiserver/schema.h"

namespace k8sm::apiserver {

const char kTypes[] = R"(
ObjectMeta
  name string
  generateName string
  namespace string
  selfLink string
  uid string
  resourceVersion string
  generation int64
  creationTimestamp Time
  deletionTimestamp Time *
  deletionGracePeriodSeconds int64 *
  labels map:string
  annotations map:string
  ownerReferences []OwnerReference merge=uid
  finalizers []string merge
  managedFields []json
  laterField string
Service
  metadata ObjectMeta !
  spec ServiceSpec !
  status ServiceStatus !
Endpoints
  metadata ObjectMeta !
  subsets []EndpointSubset
Node
  metadata ObjectMeta !
  spec NodeSpec !
  status NodeStatus !
Namespace
  metadata ObjectMeta !
  spec NamespaceSpec !
  status NamespaceStatus !
Event
  metadata ObjectMeta !
  involvedObject ObjectReference !
  reason string
  message string
  source EventSource !
  firstTimestamp Time !
  lastTimestamp Time !
  count int32
  type string
  eventTime MicroTime !
  series EventSeries *
  action string
  related ObjectReference *
  reportingComponent string !
  reportingInstance string !
EndpointSlice
  metadata ObjectMeta !
  addressType string !
  endpoints []Endpoint !
  ports []discovery.EndpointPort !
Lease
  metadata ObjectMeta !
  spec LeaseSpec !
OwnerReference
  apiVersion string !
  kind string !
  name string !
  uid string !
  controller bool *
  blockOwnerDeletion bool *
ServiceSpec
  ports []ServicePort merge=port
  selector map:string
  clusterIP string
  clusterIPs []string
  type string
  externalIPs []string
  sessionAffinity string
  loadBalancerIP string
  loadBalancerSourceRanges []string
  externalName string
  externalTrafficPolicy string
  healthCheckNodePort int32
  publishNotReadyAddresses bool
  sessionAffinityConfig SessionAffinityConfig *
  ipFamilies []string
  ipFamilyPolicy string *
  allocateLoadBalancerNodePorts bool *
  loadBalancerClass string *
  internalTrafficPolicy string *
  trafficDistribution string *
ServiceStatus
  loadBalancer LoadBalancerStatus !
  conditions []Condition merge=type
EndpointSubset
  addresses []EndpointAddress
  notReadyAddresses []EndpointAddress
  ports []EndpointPort
NodeSpec
  podCIDR string
  podCIDRs []string merge
  providerID string
  unschedulable bool
  taints []Taint
  configSource json *
  externalID string
  podPreemptionPolicy NodePodPreemptionPolicy *
NodeStatus
  capacity map:Quantity
  allocatable map:Quantity
  phase string
  conditions []NodeCondition merge=type
  addresses []NodeAddress merge=type
  daemonEndpoints NodeDaemonEndpoints !
  nodeInfo NodeSystemInfo !
  images []ContainerImage
  volumesInUse []string
  volumesAttached []json
  config json *
  runtimeHandlers []json
  features json *
  declaredFeatures []string
NamespaceSpec
  finalizers []string
NamespaceStatus
  phase string
  conditions []NamespaceCondition merge=type
ObjectReference
  kind string
  namespace string
  name string
  uid string
  apiVersion string
  resourceVersion string
  fieldPath string
EventSource
  component string
  host string
EventSeries
  count int32
  lastObservedTime MicroTime !
Endpoint
  addresses []string !
  conditions EndpointConditions !
  hostname string *
  targetRef ObjectReference *
  deprecatedTopology map:string
  nodeName string *
  zone string *
  hints EndpointHints *
discovery.EndpointPort
  name string *
  protocol string *
  port int32 *
  appProtocol string *
LeaseSpec
  holderIdentity string *
  leaseDurationSeconds int32 *
  acquireTime MicroTime *
  renewTime MicroTime *
  leaseTransitions int32 *
  strategy string *
  preferredHolder string *
ServicePort
  name string
  protocol string
  appProtocol string *
  port int32 !
  targetPort IntOrString !
  nodePort int32
SessionAffinityConfig
  clientIP ClientIPConfig *
LoadBalancerStatus
  ingress []LoadBalancerIngress
Condition
  type string !
  status string !
  observedGeneration int64
  lastTransitionTime Time !
  reason string !
  message string !
EndpointAddress
  ip string !
  hostname string
  nodeName string *
  targetRef ObjectReference *
Taint
  key string !
  value string
  effect string !
  timeAdded Time *
NodePodPreemptionPolicy
  disableResizePreemption []string
NodeCondition
  type string !
  status string !
  lastHeartbeatTime Time !
  lastTransitionTime Time !
  reason string
  message string
NodeAddress
  type string !
  address string !
NodeDaemonEndpoints
  kubeletEndpoint DaemonEndpoint !
NodeSystemInfo
  machineID string !
  systemUUID string !
  bootID string !
  kernelVersion string !
  osImage string !
  containerRuntimeVersion string !
  kubeletVersion string !
  kubeProxyVersion string !
  operatingSystem string !
  architecture string !
  swap json *
ContainerImage
  names []string !
  sizeBytes int64
NamespaceCondition
  type string !
  status string !
  lastTransitionTime Time !
  reason string
  message string
EndpointConditions
  ready bool *
  serving bool *
  terminating bool *
EndpointHints
  forZones []ForZone
  forNodes []ForNode
ClientIPConfig
  timeoutSeconds int32 *
LoadBalancerIngress
  ip string
  hostname string
  ipMode string *
  ports []PortStatus
DaemonEndpoint
  Port int32 !
ForZone
  name string !
ForNode
  name string !
PortStatus
  port int32 !
  protocol string !
  error string *
EndpointPort
  name string
  port int32 !
  protocol string
  appProtocol string *
)";

}  // namespace k8sm::apiserver
