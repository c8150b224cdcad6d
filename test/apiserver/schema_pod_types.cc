// The types used by Pod, in the format described in schema.h.

#include "test/apiserver/schema.h"

namespace k8sm::apiserver {

const char kPodTypes[] = R"(
Pod
  metadata ObjectMeta !
  spec PodSpec !
  status PodStatus !
PodSpec
  volumes []Volume merge=name retainKeys
  initContainers []Container merge=name
  containers []Container ! merge=name
  ephemeralContainers []json merge=name
  restartPolicy string
  terminationGracePeriodSeconds int64 *
  activeDeadlineSeconds int64 *
  dnsPolicy string
  nodeSelector map:string
  serviceAccountName string
  serviceAccount string
  automountServiceAccountToken bool *
  nodeName string
  hostNetwork bool
  hostPID bool
  hostIPC bool
  shareProcessNamespace bool *
  securityContext json *
  imagePullSecrets []LocalObjectReference merge=name
  hostname string
  subdomain string
  affinity json *
  schedulerName string
  tolerations []Toleration
  hostAliases []json merge=ip
  priorityClassName string
  priority int32 *
  dnsConfig json *
  readinessGates []json
  runtimeClassName string *
  enableServiceLinks bool *
  preemptionPolicy string *
  overhead map:Quantity
  topologySpreadConstraints []json merge=topologyKey
  setHostnameAsFQDN bool *
  os json *
  hostUsers bool *
  schedulingGates []json merge=name
  resourceClaims []json merge=name retainKeys
  resources json *
  hostnameOverride string *
  schedulingGroup json *
  evictionResponders []EvictionResponder merge=name
PodStatus
  observedGeneration int64
  phase string
  conditions []PodCondition merge=type
  message string
  reason string
  nominatedNodeName string
  hostIP string
  hostIPs []HostIP merge=ip
  podIP string
  podIPs []PodIP merge=ip
  startTime Time *
  initContainerStatuses []ContainerStatus
  containerStatuses []ContainerStatus
  qosClass string
  ephemeralContainerStatuses []ContainerStatus
  resize string
  resourceClaimStatuses []json merge=name retainKeys
  extendedResourceClaimStatus json *
  allocatedResources map:Quantity
  resources json *
  nodeAllocatableResourceClaimStatuses []json merge=resourceClaimName
  volumeHealth []PodVolumeHealth
Volume
  name string !
  hostPath json
  emptyDir json
  gcePersistentDisk json
  awsElasticBlockStore json
  gitRepo json
  secret json
  nfs json
  iscsi json
  glusterfs json
  persistentVolumeClaim json
  rbd json
  flexVolume json
  cinder json
  cephfs json
  flocker json
  downwardAPI json
  fc json
  azureFile json
  configMap json
  vsphereVolume json
  quobyte json
  azureDisk json
  photonPersistentDisk json
  projected json
  portworxVolume json
  scaleIO json
  storageos json
  csi json
  ephemeral json
  image json
Container
  name string !
  image string
  command []string
  args []string
  workingDir string
  ports []ContainerPort merge=containerPort
  envFrom []json
  env []EnvVar merge=name
  resources json !
  resizePolicy []json
  restartPolicy string *
  restartPolicyRules []json
  volumeMounts []json merge=mountPath
  volumeDevices []json merge=devicePath
  livenessProbe json *
  readinessProbe json *
  startupProbe json *
  lifecycle json *
  terminationMessagePath string
  terminationMessagePolicy string
  imagePullPolicy string
  securityContext json *
  stdin bool
  stdinOnce bool
  tty bool
LocalObjectReference
  name string
Toleration
  key string
  operator string
  value string
  effect string
  tolerationSeconds int64 *
EvictionResponder
  name string !
  priority int32 ! *
PodCondition
  type string !
  observedGeneration int64
  status string !
  lastProbeTime Time !
  lastTransitionTime Time !
  reason string
  message string
HostIP
  ip string !
PodIP
  ip string !
ContainerStatus
  name string !
  state json !
  lastState json !
  ready bool !
  restartCount int32 !
  image string !
  imageID string !
  containerID string
  started bool *
  allocatedResources map:Quantity
  resources json *
  volumeMounts []json merge=mountPath
  user json *
  allocatedResourcesStatus []json merge=name
  stopSignal string *
PodVolumeHealth
  name string !
  healthConditions []VolumeHealthCondition merge=status
  lastTransitionTime Time !
ContainerPort
  name string
  hostPort int32
  containerPort int32 !
  protocol string
  hostIP string
EnvVar
  name string !
  value string
  valueFrom json *
VolumeHealthCondition
  status string !
  reason string !
  message string
)";

}  // namespace k8sm::apiserver
