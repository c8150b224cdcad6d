// Checks published addresses and ports against the pods, without computing a plan.

#ifndef K8SM_TEST_INTEGRATION_MODEL_PLACE_CHECK_H_
#define K8SM_TEST_INTEGRATION_MODEL_PLACE_CHECK_H_

#include "lib/endpoints/address_mode.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "test/integration/model/stored_state.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

// Checks everything that is published for one service and one IP family.
class PlaceCheck {
 public:
  // `where` is the prefix of each sentence appended to `broken`. The reference arguments must outlive it.
  PlaceCheck(const StoredState& state, const kube::Service& service, endpoints::AddressMode mode,
             std::string where, std::vector<std::string>& broken)
      : state_(state), service_(service), mode_(mode), where_(std::move(where)), broken_(broken) {}

  // Checks that the address belongs to an existing, selected pod that has not finished, and names its node;
  // that each port is one of the service's, with a number that this pod exposes; and, in host-port mode, that
  // no other pod has the same address and port. Returns the pod; null if it does not exist.
  const kube::Pod* Check(const kube::EndpointAddress& address, const std::vector<kube::EndpointPort>& ports);

  void Break(const kube::EndpointAddress& address, const std::string& what);

 private:
  const kube::Pod* PodOf(const kube::EndpointAddress& address) const;
  void Check(const kube::Pod& pod, const kube::EndpointAddress& address, const kube::EndpointPort& port);
  bool IsAddressOf(const kube::Pod& pod, const kube::Symbol& ip) const;
  bool Serves(const kube::Pod& pod, const kube::ServicePort& served, std::int32_t number) const;

  const StoredState& state_;
  const kube::Service& service_;
  const endpoints::AddressMode mode_;
  const std::string where_;
  std::vector<std::string>& broken_;
  std::map<std::string, const kube::Pod*> holders_;  // by address, port and protocol
};

// Returns e.g. "10.0.0.1:31080/TCP".
std::string PlaceText(const kube::Symbol& ip, const kube::EndpointPort& port);

// Checks the labels that Endpoints and slices inherit: those of the service, and the label of headless
// services.
void CheckInheritedLabels(const kube::Service& service, const kube::ObjectMeta& meta,
                          const std::map<std::string, std::string>& own, const std::string& where,
                          std::vector<std::string>& broken);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_PLACE_CHECK_H_
