// A Lease, or an Endpoints object that serves as one: who holds it, and until when.

#ifndef K8SM_LIB_KUBE_LEASE_H_
#define K8SM_LIB_KUBE_LEASE_H_

#include "lib/kube/micro_time.h"
#include "lib/kube/object_meta.h"

#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::kube {

struct Lease {
  ObjectMeta meta;
  std::string holder_identity;              // empty: nobody
  std::int32_t lease_duration_seconds = 0;  // 0: not told
  std::optional<MicroTime> acquire_time;
  std::optional<MicroTime> renew_time;
  std::int32_t lease_transitions = 0;
  // The other members of spec (preferredHolder, strategy, and what a later Kubernetes adds), as JSON text
  // `"strategy":"OldestEmulationVersion",…`, so that an update gives them back unchanged.
  std::string preserved_spec;
  // Of an Endpoints object alone: its members beside the metadata (subsets), as JSON text like the above.
  std::string preserved;
  // Of an Endpoints object alone: who used to elect on it elects on a Lease now.
  bool superseded = false;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_LEASE_H_
