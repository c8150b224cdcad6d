// A cluster's EndpointSlices and nodes, for tests that carry out plans and plan again.

#ifndef K8SM_TEST_UNIT_ENDPOINTS_SLICE_STORE_H_
#define K8SM_TEST_UNIT_ENDPOINTS_SLICE_STORE_H_

#include "lib/endpoints/slice_plan.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::endpoints {

class SliceStore {
 public:
  AddressMode mode = AddressMode::kPodIp;
  std::size_t max_endpoints = 100;
  std::optional<kube::Timestamp> trigger_time;

  void AddNode(const std::string& name, const std::string& zone);
  void RemoveNode(const std::string& name);
  // Stores the slice under its name.
  void Put(kube::EndpointSlice slice);

  // Null if there is none of that name.
  const kube::EndpointSlice* Find(std::string_view name) const;
  // All slices, by name.
  std::vector<kube::EndpointSlice> All() const;

  // The plan for the service (null if it is gone) in the current state. Pods and slices are passed in an
  // order drawn from `random`, or else as given and by name.
  SlicePlan Plan(const kube::Service* service, const std::vector<kube::Pod>& pods,
                 std::mt19937* random = nullptr) const;

  // Carries out a plan as an API server would: names what is created, counts resource versions, and keeps
  // what an update does not change. Throws std::logic_error for a request that the server would refuse.
  void Apply(const SlicePlan& plan);

  // Plans, carries out the plan and returns it.
  SlicePlan Sync(const kube::Service& service, const std::vector<kube::Pod>& pods);

 private:
  void Create(kube::EndpointSlice slice);
  void Update(const kube::EndpointSlice& slice);
  void Remove(const kube::EndpointSlice& slice);
  // The stored slice of the same name and version.
  kube::EndpointSlice& Current(const kube::EndpointSlice& slice);

  std::map<std::string, kube::EndpointSlice, std::less<>> slices_;
  std::map<kube::Symbol, kube::Node> nodes_;
  int writes_ = 0;
};

// The number of requests that a plan takes.
std::size_t WritesOf(const SlicePlan& plan);

}  // namespace k8sm::endpoints

#endif  // K8SM_TEST_UNIT_ENDPOINTS_SLICE_STORE_H_
