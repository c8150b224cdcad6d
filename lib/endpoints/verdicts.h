// Decides for each pod that a service selects whether and where it is published. All users share the result:
// the plans of Endpoints and EndpointSlices, the log of skips and /debug/service.

#ifndef K8SM_LIB_ENDPOINTS_VERDICTS_H_
#define K8SM_LIB_ENDPOINTS_VERDICTS_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/place.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace k8sm::endpoints {

// Returns the node of that name; null if there is none.
using NodeLookup = std::function<const kube::Node*(const kube::Symbol& name)>;

// A pod that the service selects, and which kinds of objects may list it.
struct SelectedPod {
  const kube::Pod* pod = nullptr;
  const kube::Node* node = nullptr;  // null: not scheduled, missing, or nodes are not known
  bool node_missing = false;         // the pod is scheduled, but its Node does not exist
  // False if the pod has ended, or is being deleted and the service does not publish not-ready addresses
  // (ShouldPodBeInEndpoints, k8s.io/endpointslice/util).
  bool in_endpoints = false;
  // False if the pod has ended, if it has no Node and the service does not publish not-ready addresses
  // (k8s.io/endpointslice), or if nodes are not known.
  bool in_slices = false;
};

// A pod's claim to a place.
struct Claim {
  const SelectedPod* pod = nullptr;
  bool declared = true;  // Place::declared
};

// The result for one pod, one port of the service and one address family.
struct Verdict {
  Place place;  // unspecified if there is an obstacle, except for `ip` in pod-IP mode
  std::optional<Obstacle> obstacle;
  // The claim of the other pod that has this place in Endpoints and in slices; without a pod if there is
  // none.
  Claim endpoints_holder;
  Claim slices_holder;
  // Whether Endpoints and slices list the pod at the place.
  bool in_endpoints = false;
  bool in_slices = false;
};

// The verdicts of one address family, one for each pod and port, grouped by pod, in the order of
// Verdicts::pods and Verdicts::ports.
struct FamilyVerdicts {
  kube::IpFamily family = kube::IpFamily::kIPv4;
  std::vector<Verdict> verdicts;
};

// Points into the service, pods and nodes from which it was computed; valid until one of them changes.
struct Verdicts {
  const kube::Service* service = nullptr;
  AddressMode mode = AddressMode::kHostPort;
  bool nodes_known = false;
  std::vector<SelectedPod> pods;                // ordered by name
  std::vector<const kube::ServicePort*> ports;  // a single null for a service without ports
  std::vector<FamilyVerdicts> families;         // never empty; the first is the family of Endpoints

  // REQUIRES: the indexes are in range.
  const Verdict& At(std::size_t family, std::size_t pod, std::size_t port) const {
    return families[family].verdicts[pod * ports.size() + port];
  }
};

// Returns the family of a service's Endpoints: the first of ipFamilies; if the API server does not set them,
// the family of the cluster IP; else IPv4.
kube::IpFamily PrimaryFamily(const kube::Service& service);

// Whether the pod's phase is Succeeded or Failed, so that no service lists it.
bool HasEnded(const kube::Pod& pod);

// Computes the verdicts on all pods that the service's selector matches. Deterministic: the order of `pods`
// does not matter. `node_of` is null if nodes are not known (yet); then slices cannot be planned.
//
// In host-port mode no two pods in one object can have the same (IP, port, protocol). The conflict is decided
// by
//   1. whether a container declares the port, rather than hostNetwork implying it,
//   2. ready and not terminating, ready, not ready and not terminating, not ready,
//   3. the earlier creation time,
//   4. the name.
//
// Takes O(pods * ports * families). REQUIRES: service.SelectsPods().
Verdicts Judge(const kube::Service& service, std::span<const kube::Pod* const> pods, AddressMode mode,
               const NodeLookup* node_of);

// Calls visit(pod, port, place) for each place listed in Endpoints, grouped by pod.
template <class Visit>
void ForEachInEndpoints(const Verdicts& verdicts, Visit visit) {
  auto verdict = verdicts.families.front().verdicts.begin();
  for (const SelectedPod& pod : verdicts.pods) {
    for (const kube::ServicePort* port : verdicts.ports) {
      if (verdict->in_endpoints) visit(*pod.pod, port, verdict->place);
      ++verdict;
    }
  }
}

// Returns the skips, at most one per pod and port, checked in this order: not in Endpoints; Node does not
// exist; not published in a further address family in which the pod has an address. Pods that have ended or
// are being deleted are not reported. Ordered by pod name, then by the service's port order.
std::vector<Skip> SkipsOf(const Verdicts& verdicts);

// Returns the skip of one pod and port; nullopt if the pod is published or need not be.
std::optional<Skip> SkipOf(const Verdicts& verdicts, std::size_t pod, std::size_t port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_VERDICTS_H_
