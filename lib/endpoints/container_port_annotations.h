// Annotations of an Endpoints object that name the container port behind each host port:
//
//   k8s.mesosphere.io/containerPort_TCP_10.0.0.5_31005: "80"
//
// The format is that of the endpoint controller of Kubernetes-Mesos
// (k8s.io/kubernetes/contrib/mesos/pkg/service, meta.ContainerPortKeyFormat).

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

// This controller owns every annotation of an Endpoints object with this prefix, whoever wrote it.
inline constexpr std::string_view kContainerPortPrefix = "k8s.mesosphere.io/containerPort_";

// Limit on the total size of keys and values. The API server rejects an object with more than 256 KiB of
// annotations, including those of other writers (ValidateAnnotationsSize,
// k8s.io/apimachinery/pkg/api/validation).
inline constexpr std::size_t kMaxContainerPortBytes = std::size_t{64} << 10;

// Returns one annotation for each address, port and protocol in `subsets`. IPv6 addresses are omitted,
// because an annotation's name must not contain a colon. Returns nullopt if the total exceeds
// kMaxContainerPortBytes. REQUIRES: host-port mode, and `subsets` list the Endpoints of `verdicts` or part of
// them.
std::optional<kube::LabelMap> ContainerPortAnnotations(const Verdicts& verdicts,
                                                       const std::vector<kube::EndpointSubset>& subsets);

// Returns the container-port annotations among `annotations`, ordered by key; valid until the map changes.
std::span<const kube::Label> ContainerPortsOf(const kube::LabelMap& annotations);

// Whether both maps have the same container-port annotations.
bool SameContainerPorts(const kube::LabelMap& a, const kube::LabelMap& b);

// Replaces the container-port annotations in `annotations` by `wanted`, which must contain no others.
void SetContainerPorts(kube::LabelMap& annotations, const kube::LabelMap& wanted);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_CONTAINER_PORT_ANNOTATIONS_H_
