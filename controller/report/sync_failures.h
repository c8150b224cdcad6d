// The services whose last sync has failed.

#ifndef K8SM_CONTROLLER_REPORT_SYNC_FAILURES_H_
#define K8SM_CONTROLLER_REPORT_SYNC_FAILURES_H_

#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace k8sm::controller {

struct SyncFailure {
  std::chrono::steady_clock::time_point since;  // the first failure since the last success
  std::string error;                            // of the last one: "forbidden: …"
};

// Remembers the failure of each service whose syncs fail, e.g. because the API server refuses a write of its
// objects. A key may also be that of a service which is gone, and whose objects cannot be deleted.
class SyncFailures {
 public:
  void OnFailure(const kube::ObjectKey& service, std::string error,
                 std::chrono::steady_clock::time_point now) {
    failing_.try_emplace(service, SyncFailure{now, {}}).first->second.error = std::move(error);
  }
  // Call after a success, or when the service is no longer tried.
  void Forget(const kube::ObjectKey& service) { failing_.erase(service); }

  // Returns the failure of a service, valid until the next change; null if its last sync did not fail.
  const SyncFailure* Find(const kube::ObjectKey& service) const {
    const auto found = failing_.find(service);
    return found == failing_.end() ? nullptr : &found->second;
  }
  // The number of services that fail.
  std::size_t size() const { return failing_.size(); }

  // Calls visit(service) for each of them, in no particular order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [service, failure] : failing_) visit(service);
  }

 private:
  std::unordered_map<kube::ObjectKey, SyncFailure, kube::ObjectKeyHash> failing_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_SYNC_FAILURES_H_
