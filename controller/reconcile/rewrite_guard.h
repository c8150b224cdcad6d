// Detects that another writer keeps rewriting our objects, and limits the rate of our writes.

#ifndef K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_
#define K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_

#include "controller/reconcile/fingerprint.h"
#include "controller/report/coexistence.h"
#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// Tracks the stored contents of each service. A rewrite is a sync that finds other contents than the last
// write left, or none, and has to write. After kMaxRewrites within a minute, writes for the service are
// kWriteInterval apart until a minute passes without a rewrite. Does no I/O: the caller passes the current
// time.
class RewriteGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxRewrites = 5;
  static constexpr std::chrono::seconds kWriteInterval{30};
  static constexpr std::chrono::minutes kQuietTime{10};
  // Deletions of some of a service's objects within this time are one rewrite, as many as there were objects:
  // a command deletes them one by one. The next one deletes what was written again.
  static constexpr std::chrono::seconds kDeletionTime{5};

  struct Verdict {
    // Time to wait before the write; 0: write now.
    std::chrono::milliseconds wait{0};
    // Whether this call found a rewrite that should be logged: one in kQuietTime for each service.
    bool tell_rewrite = false;
    // Whether the rewrite that this call found is a deletion: what is still stored is as it was left.
    Lack lack = Lack::kNone;
    // Whether this call started the slow-down.
    bool slowed_down = false;
  };

  // Call before a write. `stored` are the fingerprints of the stored objects.
  Verdict OnWrite(const kube::ObjectKey& service, const Fingerprints& stored, TimePoint now);

  // Call after a successful write, which left objects with the fingerprints `stored`.
  void OnWritten(const kube::ObjectKey& service, Fingerprints stored, TimePoint now);

  // Call after a failed write. Its outcome is unknown, so the next difference does not count as a rewrite.
  void OnFailed(const kube::ObjectKey& service);

  // Call when the API server has gone back to an older state: what it has stored now is not compared with
  // what was left before.
  void OnWentBack();

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service) { states_.erase(service); }

  // The number of services that are tracked.
  std::size_t size() const { return states_.size(); }

  // The number of rewrites of all services since the start. The first deletion in a minute does not count: it
  // may also be that the API server was restored without the object.
  std::uint64_t rewrites() const { return rewrites_; }

 private:
  struct State {
    std::optional<Fingerprints> left;  // after our last write
    TimePoint last_write;
    std::vector<TimePoint> recent;  // the last rewrites, at most kMaxRewrites
    std::size_t deletions = 0;      // that may follow the last rewrite and are part of it
    std::optional<TimePoint> told;  // the last rewrite that should have been logged
    bool slow = false;
  };

  // Returns whether it should be logged.
  bool NoteRewrite(State& state, Lack lack, TimePoint now);

  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash> states_;  // services that we have written
  std::uint64_t rewrites_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_
