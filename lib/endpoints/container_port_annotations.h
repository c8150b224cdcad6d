// Which container port is behind each host port of an Endpoints object, told in its annotations:
//
//   k8s.mesosphere.io/containerPort_TCP_10.0.0.5_31005: "80"
//
// in the form of Kubernetes-Mesos' own endpoint controller (k8s.io/kubernetes/contrib/mesos/pkg/service,
// meta.ContainerPortKeyFormat).

#ifndef K8SM_LIB_ENDPOINTS_CONTAINER_PORT_ANNOTATIONS_H_
#define K8SM_LIB_ENDPOINTS_CONTAINER_PORT_ANNOTATIONS_H_

#include "lib/endpoints/verdicts.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/label_map.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace k8sm::endpoints {

// All annotations of an Endpoints object that begin with this are ours, whoever wrote them.
inline constexpr std::string_view kContainerPortPrefix = "k8s.mesosphere.io/containerPort_";

// The most that they may take, keys and values together. The API server refuses an object with more than
// 256 KiB of annotations (ValidateAnnotationsSize, k8s.io/apimachinery/pkg/api/validation), those of others
// included.
inline constexpr std::size_t kMaxContainerPortBytes = std::size_t{64} << 10;

// One annotation for each address, port and protocol that `subsets` list. IPv6 addresses are left out, for no
// annotation's name may hold a colon. Nothing where all together exceed kMaxContainerPortBytes.
// REQUIRES: the subsets list what the verdicts list in Endpoints, or less, in host-port mode.
std::optional<kube::LabelMap> ContainerPortAnnotations(const Verdicts& verdicts,
                                                       const std::vector<kube::EndpointSubset>& subsets);

// Those of container ports among all annotations, ordered by key; valid until the map changes.
std::span<const kube::Label> ContainerPortsOf(const kube::LabelMap& annotations);

// Whether two sets of annotations agree in those of container ports.
bool SameContainerPorts(const kube::LabelMap& a, const kube::LabelMap& b);

// Puts those of `wanted`, which holds no others, in the place of those that are there.
void SetContainerPorts(kube::LabelMap& annotations, const kube::LabelMap& wanted);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_CONTAINER_PORT_ANNOTATIONS_H_
