#include "lib/leader/lock_kind.h"

#include "lib/kube_json/codec.h"

namespace k8sm::leader {

const client::Resource& ResourceOf(LockKind kind) {
  return kind == LockKind::kLeases ? client::kLeases : client::kEndpoints;
}

Result<kube::Lease> DecodeLock(LockKind kind, std::string_view json) {
  return kind == LockKind::kLeases ? kube_json::Decode<kube::Lease>(json)
                                   : kube_json::DecodeEndpointsLock(json);
}

std::string EncodeLock(LockKind kind, const kube::Lease& lock) {
  return kind == LockKind::kLeases ? kube_json::Encode(lock) : kube_json::EncodeEndpointsLock(lock);
}

}  // namespace k8sm::leader
