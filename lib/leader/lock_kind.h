// The kinds of objects that can serve as lock.

#ifndef K8SM_LIB_LEADER_LOCK_KIND_H_
#define K8SM_LIB_LEADER_LOCK_KIND_H_

#include "lib/base/error.h"
#include "lib/client/api_path.h"
#include "lib/kube/lease.h"

#include <string>
#include <string_view>

namespace k8sm::leader {

// All participants in an election must use the same kind.
enum class LockKind {
  // A coordination.k8s.io/v1 Lease.
  kLeases,
  // An Endpoints object with the annotation control-plane.alpha.kubernetes.io/leader, for API servers before
  // 1.14, which have no Leases.
  kEndpoints,
};

// Returns the resource type of a kind.
const client::Resource& ResourceOf(LockKind kind);

// Convert between a lock's JSON and its record. Errors are those of Decode (lib/kube_json/codec.h).
Result<kube::Lease> DecodeLock(LockKind kind, std::string_view json);
std::string EncodeLock(LockKind kind, const kube::Lease& lock);

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_LOCK_KIND_H_
