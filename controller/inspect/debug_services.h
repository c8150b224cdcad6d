// The page /debug/services: which services have no endpoints or cannot be synced, and why.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SERVICES_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SERVICES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/page_format.h"
#include "controller/inspect/row_list.h"
#include "controller/report/sync_failures.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/pod_counts.h"
#include "lib/http_server/page.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// Returns since when a service has had no endpoints; nullopt if unknown, as in a process that does not lead.
using EmptySince =
    std::function<std::optional<std::chrono::steady_clock::time_point>(const kube::ObjectKey& service)>;

// The reason of a service whose last sync has failed.
inline constexpr std::string_view kSyncFailed = "sync_failed";

// Which services the page lists.
struct ServicesFilter {
  std::optional<kube::Symbol> ns;                // of this namespace only
  std::optional<endpoints::EmptyReason> reason;  // without endpoints for this reason only
  bool failing = false;                          // those whose syncs fail only
  bool all = false;                              // those with endpoints, too
};

// Lists the services that select pods and have no endpoints, and those whose syncs fail, by namespace and
// name, with the numbers of their pods. They are planned afresh from the caches, so the page does not depend
// on when a service was last synced. As text, a table; as JSON,
//   {"leading":true,"nodesTrouble":…,"services":[{"namespace":…,"name":…,"pods":…,"ready":…,"not_ready":…,
//     "skipped":…,"ended":…,"reason":…,"sentence":…,"since":…,"failure":{"error":…,"since":…}}]}
// where "nodesTrouble" is null unless the nodes by which pods are judged are outdated,
// "reason" and "since" are null if the service has endpoints, and "failure" if its syncs do not fail.
// A standby syncs nothing, so it does not know "since" and "failure": the text begins with a line that says
// so, and "leading" is false.
//
// The set of services is fixed when the page begins. A step plans services, and writes their rows, until it
// has covered kRowsPerStep pods. The longest step is that of the largest service, or of one selector that
// matches no pod (informer::FindNearMiss).
class ServicesSteps final : public http_server::BodySource {
 public:
  struct Sources {
    const ClusterCache& cache;
    endpoints::AddressMode mode;
    const EmptySince& since;
    const SyncFailures& failures;
    // Set if the process is a standby: a line that says so, and which process leads.
    std::optional<std::string> standby;
  };
  // `sources` must outlive it.
  ServicesSteps(const Sources& sources, ServicesFilter filter, PageFormat format);

  bool Next(std::string& out) override;

 private:
  struct Row {
    kube::ObjectKey service;
    endpoints::PodCounts counts;
    std::string sentence;
    std::optional<endpoints::EmptyReason> reason;  // nullopt: it has endpoints
    std::optional<std::chrono::steady_clock::time_point> since;
    std::optional<SyncFailure> failure;
  };

  // Plans one service and writes its row. Returns how much of a step it took: the number of its pods, at
  // least 1.
  std::size_t PlanNext(std::string& out);
  // Fills in the row of a service that selects pods. Returns what PlanNext() returns.
  std::size_t Plan(const kube::Service& service, Row& row) const;
  bool IsWanted(const Row& row) const;
  static std::string ToJson(const Row& each);
  static TableRow ToCells(const Row& each);

  const Sources sources_;
  const ServicesFilter filter_;
  std::vector<kube::ObjectKey> services_;
  std::size_t next_service_ = 0;
  RowList<Row> rows_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SERVICES_H_
