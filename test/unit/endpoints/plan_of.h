// Plans directly from a service and its pods.

#ifndef K8SM_TEST_UNIT_ENDPOINTS_PLAN_OF_H_
#define K8SM_TEST_UNIT_ENDPOINTS_PLAN_OF_H_

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_plan.h"
#include "lib/endpoints/verdicts.h"

#include <span>
#include <vector>

namespace k8sm::endpoints {

struct EndpointsAndSkips : EndpointsPlan {
  std::vector<Skip> skips;
};

// Without nodes: as Endpoints are planned while slices are off.
inline EndpointsAndSkips PlanOf(const kube::Service& service, std::span<const kube::Pod* const> pods,
                                AddressMode mode, bool annotate_container_ports = false) {
  const Verdicts verdicts = Judge(service, pods, mode, nullptr);
  return {PlanEndpoints(verdicts, {.annotate_container_ports = annotate_container_ports}), SkipsOf(verdicts)};
}

}  // namespace k8sm::endpoints

#endif  // K8SM_TEST_UNIT_ENDPOINTS_PLAN_OF_H_
