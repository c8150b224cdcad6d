// Notices that somebody else keeps rewriting what we write, and keeps the fight slow.

#ifndef K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_
#define K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_

#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace k8sm::controller {

// Follows what is stored of each service. A rewrite is a sync that finds something else stored than the last
// one left there, and has to write. After kMaxRewrites within a minute the service's writes are
// kWriteInterval apart, until a minute passes without a rewrite. Pure: the time is passed in.
class RewriteGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxRewrites = 5;
  static constexpr std::chrono::seconds kWriteInterval{30};

  struct Verdict {
    // How long to wait before the write; 0: it may go.
    std::chrono::milliseconds wait{0};
    // Writes are slowed down from now on, which somebody should know.
    bool slowed_down = false;
  };

  // A sync wants to write. `stored` stands for the contents of what is stored: equal where they are equal.
  Verdict OnWrite(const kube::ObjectKey& service, std::size_t stored, TimePoint now);

  // The write is done; `stored` is what it left.
  void OnWritten(const kube::ObjectKey& service, std::size_t stored, TimePoint now);

  // The write has failed: what is stored now may be of our own making.
  void OnFailed(const kube::ObjectKey& service);

  // The service is gone, or is none of our business any more.
  void Forget(const kube::ObjectKey& service) { states_.erase(service); }

  // How many services it follows.
  std::size_t size() const { return states_.size(); }

  // So far, of all services.
  std::uint64_t rewrites() const { return rewrites_; }

 private:
  struct State {
    std::optional<std::size_t> left;  // by our last write
    TimePoint last_write;
    std::deque<TimePoint> recent;  // rewrites, the last kMaxRewrites at the most
    bool slow = false;
  };

  void NoteRewrite(State& state, TimePoint now);

  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash>
      states_;  // of services that we have written
  std::uint64_t rewrites_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_REWRITE_GUARD_H_
