// A leader-election lock: a Lease, or an Endpoints object that carries the lock in an annotation.

#ifndef K8SM_LIB_KUBE_LEASE_H_
#define K8SM_LIB_KUBE_LEASE_H_

#include "lib/kube/micro_time.h"
#include "lib/kube/object_meta.h"

#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::kube {

// The lock and its leader-election record.
struct Lease {
  ObjectMeta meta;
  std::string holder_identity;              // empty: not held
  std::int32_t lease_duration_seconds = 0;  // 0: not set
  std::optional<MicroTime> acquire_time;
  std::optional<MicroTime> renew_time;
  std::int32_t lease_transitions = 0;
  // The other members of spec (preferredHolder, strategy, fields of later Kubernetes versions) as JSON text
  // `"strategy":"OldestEmulationVersion",…`, so that an update preserves them.
  std::string preserved_spec;
  // Endpoints only: the members beside metadata (subsets), as JSON text like the above.
  std::string preserved;
  // Endpoints only: the former users of this lock have switched to a Lease.
  bool superseded = false;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_LEASE_H_
