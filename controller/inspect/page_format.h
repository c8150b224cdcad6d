// What the pages under /debug have in common.

#ifndef K8SM_CONTROLLER_INSPECT_PAGE_FORMAT_H_
#define K8SM_CONTROLLER_INSPECT_PAGE_FORMAT_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/report/sync_failures.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// The output format of a page.
enum class PageFormat { kText, kJson };

// Returns the services that select pods, in the given namespace or in all, ordered by namespace and name.
std::vector<kube::ObjectKey> ServicesByName(const ClusterCache& cache,
                                            const std::optional<kube::Symbol>& ns = std::nullopt);

// Returns {"error":…,"since":…}.
std::string FailureJson(const SyncFailure& failure);

// Converts a steady-clock time to the time of day. The offset is fixed at the first call, so that a time
// converts to the same result every time.
kube::Timestamp TimeOfDay(std::chrono::steady_clock::time_point time);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_PAGE_FORMAT_H_
