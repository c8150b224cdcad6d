// The kinds of object that an election can be held on.

#ifndef K8SM_LIB_LEADER_LOCK_KIND_H_
#define K8SM_LIB_LEADER_LOCK_KIND_H_

#include "lib/base/error.h"
#include "lib/client/api_path.h"
#include "lib/kube/lease.h"

#include <string>
#include <string_view>

namespace k8sm::leader {

enum class LockKind {
  kLeases,
  // An Endpoints object with the annotation control-plane.alpha.kubernetes.io/leader, for API servers before
  // 1.14, which have no leases.
  kEndpoints,
};

const client::Resource& ResourceOf(LockKind kind);

// The two ways between a lock's JSON and its record; errors as Decode (lib/kube_json/codec.h).
Result<kube::Lease> DecodeLock(LockKind kind, std::string_view json);
std::string EncodeLock(LockKind kind, const kube::Lease& lock);

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_LOCK_KIND_H_
