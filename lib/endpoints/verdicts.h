// What becomes of each pod that a service selects, decided once for all who ask: the plans of Endpoints and
// EndpointSlices, the skips that are logged, and what /debug/service shows.

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

// The node of that name; null where there is none.
using NodeLookup = std::function<const kube::Node*(const kube::Symbol& name)>;

// A pod that the service selects, and which objects may list it at all.
struct SelectedPod {
  const kube::Pod* pod = nullptr;
  const kube::Node* node = nullptr;  // null: not scheduled, missing, or nodes are not known
  bool node_missing = false;         // it is scheduled, and its Node does not exist
  // Pods that have ended or are being deleted are out, the latter unless the service publishes addresses that
  // are not ready (ShouldPodBeInEndpoints, k8s.io/endpointslice/util).
  bool in_endpoints = false;
  // Pods that have ended are out, and those without a Node unless the service publishes addresses that are
  // not ready (k8s.io/endpointslice). None is in where nodes are not known.
  bool in_slices = false;
};

// A pod's claim to a place.
struct Claim {
  const SelectedPod* pod = nullptr;
  bool declared = true;  // Place::declared
};

// One pod, one port of the service, one address family.
struct Verdict {
  Place place;  // without meaning beside an obstacle, but for pod-IP mode's `ip`
  std::optional<Obstacle> obstacle;
  // The claim that the place is granted to in Endpoints, and in slices, where it is not this pod's; else
  // without a pod.
  Claim endpoints_holder;
  Claim slices_holder;
  // Whether Endpoints, and slices, list the pod at the place.
  bool in_endpoints = false;
  bool in_slices = false;
};

// The verdicts of one address family: one for each pod and port, pod by pod, in the order of Verdicts::pods
// and Verdicts::ports.
struct FamilyVerdicts {
  kube::IpFamily family = kube::IpFamily::kIPv4;
  std::vector<Verdict> verdicts;
};

// Points into the service, the pods and the nodes that it was made of: valid until one of them changes.
struct Verdicts {
  const kube::Service* service = nullptr;
  AddressMode mode = AddressMode::kHostPort;
  bool nodes_known = false;
  std::vector<SelectedPod> pods;                // ordered by name
  std::vector<const kube::ServicePort*> ports;  // of a service without ports one null
  std::vector<FamilyVerdicts> families;         // never empty; the first is that of Endpoints

  const Verdict& At(std::size_t family, std::size_t pod, std::size_t port) const {
    return families[family].verdicts[pod * ports.size() + port];
  }
};

// The family of a service's Endpoints: its first; where the API server does not say, that of its cluster IP;
// else IPv4.
kube::IpFamily PrimaryFamily(const kube::Service& service);

// Whether the pod is out of every service: its phase is Succeeded or Failed.
bool HasEnded(const kube::Pod& pod);

// The verdicts on all pods that the service's selector matches, in any order: equal pods give equal verdicts.
// `node_of` is null where nodes are not known (yet), and slices can't be planned.
//
// In host-port mode two pods of one object can't hold the same (IP, port, protocol). The place is granted to
// one that declares the port before one that host-network mode guesses it for; to one that is ready and
// stays, then serving and leaving, then not ready and staying, then leaving; to the older; to the first by
// name.
//
// Costs O(pods × ports × families). REQUIRES: service.SelectsPods().
Verdicts Judge(const kube::Service& service, std::span<const kube::Pod* const> pods, AddressMode mode,
               const NodeLookup* node_of);

// Calls visit(pod, port, place) for each place that Endpoints list, pod by pod.
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

// What is not published, one skip at most for each pod and port: of Endpoints; then pods whose node does not
// exist; then of further address families, where the pod has an address there. Pods that have ended or are
// being deleted are none. Ordered by pod name, then as the service orders its ports.
std::vector<Skip> SkipsOf(const Verdicts& verdicts);

// The skip of one pod and port; nothing where it is published or out.
std::optional<Skip> SkipOf(const Verdicts& verdicts, std::size_t pod, std::size_t port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_VERDICTS_H_
