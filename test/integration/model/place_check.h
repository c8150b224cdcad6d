// Whether a published address and port are those of a pod, looked up without a plan.

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

// For all that is published of one service in one family.
class PlaceCheck {
 public:
  // `where` begins each sentence that is added to `broken`. All have to outlive it.
  PlaceCheck(const StoredState& state, const kube::Service& service, endpoints::AddressMode mode,
             std::string where, std::vector<std::string>& broken)
      : state_(state), service_(service), mode_(mode), where_(std::move(where)), broken_(broken) {}

  // An address is that of a pod that lives, that the service selects and that has not ended, and names its
  // node; each port is one of the service's, at a number that the pod has to do with; and in host-port mode
  // no other pod has the same place. Returns the pod; null where none lives.
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

// "10.0.0.1:31080/TCP"
std::string PlaceText(const kube::Symbol& ip, const kube::EndpointPort& port);

// Checks the labels that Endpoints and slices inherit: the service's, and the mark of headless services where
// it is one.
void CheckInheritedLabels(const kube::Service& service, const kube::ObjectMeta& meta,
                          const std::map<std::string, std::string>& own, const std::string& where,
                          std::vector<std::string>& broken);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_PLACE_CHECK_H_
