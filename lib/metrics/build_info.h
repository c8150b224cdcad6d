// The build information metric.

#ifndef K8SM_LIB_METRICS_BUILD_INFO_H_
#define K8SM_LIB_METRICS_BUILD_INFO_H_

#include "lib/metrics/registry.h"

namespace k8sm::metrics {

// Adds kubernetes_build_info, always 1, with the labels of Kubernetes components; labels that apply only to
// Go are empty.
void AddBuildInfo(Registry& registry);

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_BUILD_INFO_H_
