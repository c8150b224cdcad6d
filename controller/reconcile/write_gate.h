// Keeps a fight with another writer of the same objects slow, and says who that is.

#ifndef K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_
#define K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_

#include "controller/reconcile/rewrite_guard.h"
#include "lib/base/failure_log.h"
#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace k8sm::controller {

// The rewrite guard of one kind of object, with its log lines: ten a minute.
class WriteGate {
 public:
  using TimePoint = RewriteGuard::TimePoint;

  // `what` is "Endpoints" or "EndpointSlices".
  explicit WriteGate(std::string what) : what_(std::move(what)) {}

  // How long to wait before writing the service's objects; 0: write. `stored` is the fingerprint of what is
  // stored, `writer` who has written that (coexistence.h), for the log.
  std::chrono::milliseconds Wait(const kube::ObjectKey& service, std::size_t stored,
                                 const std::string& writer, TimePoint now);
  // The write is done, and has left `stored`.
  void OnWritten(const kube::ObjectKey& service, std::size_t stored, TimePoint now) {
    guard_.OnWritten(service, stored, now);
  }
  // It failed: what is stored now may be of our own making.
  void OnFailed(const kube::ObjectKey& service) { guard_.OnFailed(service); }
  void Forget(const kube::ObjectKey& service) { guard_.Forget(service); }

  // Logs what was held back. To be called every few seconds.
  void Tick(TimePoint now);

  // How often others have rewritten what was written here.
  std::uint64_t rewrites() const { return guard_.rewrites(); }
  std::size_t size() const { return guard_.size(); }

 private:
  const std::string what_;
  RewriteGuard guard_;
  LineBudget lines_{10};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_
