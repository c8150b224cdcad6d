// The page /debug/skipped: which pods are skipped, and why.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/page_format.h"
#include "controller/inspect/row_list.h"
#include "controller/report/skip_log.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/http_server/page.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace k8sm::controller {

// Returns the skips that were reported for a service, which say since when each has lasted. Empty in a
// process that is not the leader.
using ReportedSkips = std::function<std::span<const CurrentSkip>(const kube::ObjectKey& service)>;

// Lists all skips by service, pod and port. They are planned afresh from the caches, so the page does not
// depend on when a service was last synced. As text, a table with one row per skip; as JSON,
//   {"leading":true,"nodesTrouble":…,
//    "skipped":[{"namespace":…,"pod":…,"service":…,"port":…,"reason":…,"sentence":…,"since":…}]}
// where "nodesTrouble" is null unless the nodes by which pods are judged are outdated, and "since" is null if
// unknown.
//
// The set of services is fixed when the page begins. A step plans services and writes their skips until it
// has covered kRowsPerStep pods. A service is planned as a whole, so the longest step is that of the largest
// service, and its skips are kept until they are written.
class SkippedSteps final : public http_server::BodySource {
 public:
  // `cache` and `reported` must outlive it. `standby` is set if the process is a standby: a line that says
  // so, and which process leads.
  SkippedSteps(const ClusterCache& cache, endpoints::AddressMode mode, const ReportedSkips& reported,
               const std::optional<std::string>& standby, PageFormat format);

  bool Next(std::string& out) override;

 private:
  struct SkippedPod {
    kube::ObjectKey service;
    endpoints::Skip skip;
    std::optional<kube::Timestamp> since;
  };

  // Plans one service. Returns the number of its pods, at least 1.
  std::size_t PlanNext();
  static std::string ToJson(const SkippedPod& each);
  static TableRow ToCells(const SkippedPod& each);

  const ClusterCache& cache_;
  const endpoints::AddressMode mode_;
  const ReportedSkips& reported_;
  std::vector<kube::ObjectKey> services_;
  std::size_t next_service_ = 0;
  std::vector<SkippedPod> planned_;  // skips of the service before next_service_
  std::size_t next_planned_ = 0;
  RowList<SkippedPod> rows_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
