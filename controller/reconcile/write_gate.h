// Limits the writes of one kind of object when another controller keeps rewriting it, and logs that.

#ifndef K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_
#define K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_

#include "controller/reconcile/fingerprint.h"
#include "controller/reconcile/rewrite_guard.h"
#include "lib/base/failure_log.h"
#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace k8sm::controller {

// A RewriteGuard with its log lines: INFO for a service that is rewritten, once in RewriteGuard::kQuietTime;
// WARNING for one whose writes are limited. At most ten lines a minute of each.
class WriteGate {
 public:
  using TimePoint = RewriteGuard::TimePoint;

  // `what` is "Endpoints" or "EndpointSlices".
  explicit WriteGate(std::string what) : what_(std::move(what)) {}

  // Returns how long to wait before writing the service's objects; 0: write now. `stored` are the
  // fingerprints of those that are stored; `writer` is who wrote them (WriterOf() in coexistence.h), for the
  // log.
  std::chrono::milliseconds Wait(const kube::ObjectKey& service, const Fingerprints& stored,
                                 const std::string& writer, TimePoint now);
  // Call after a successful write, which left objects with the fingerprints `stored`.
  void OnWritten(const kube::ObjectKey& service, Fingerprints stored, TimePoint now) {
    guard_.OnWritten(service, std::move(stored), now);
  }
  // Call after a failed write, whose outcome is unknown.
  void OnFailed(const kube::ObjectKey& service) { guard_.OnFailed(service); }
  // Call when the API server has gone back to an older state, which is nobody's rewrite.
  void OnWentBack() { guard_.OnWentBack(); }
  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service) { guard_.Forget(service); }

  // Logs the lines that the rate limit held back. Call every few seconds.
  void Tick(TimePoint now);

  // The number of rewrites by others since the start.
  std::uint64_t rewrites() const { return guard_.rewrites(); }
  // The number of services that are tracked.
  std::size_t size() const { return guard_.size(); }

 private:
  const std::string what_;
  RewriteGuard guard_;
  LineBudget warnings_{10};
  LineBudget news_{10};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_WRITE_GATE_H_
