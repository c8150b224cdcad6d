// Which pods are skipped, and why, for people and programs that ask.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/report/skip_log.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/http_server/page.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace k8sm::controller {

// The skips of a service that were reported, for the time since when each lasts. None in a process that does
// not lead.
using ReportedSkips = std::function<std::span<const CurrentSkip>(const kube::ObjectKey& service)>;

// How a page is written.
enum class PageFormat { kText, kJson };

// Makes a page of all that the caches ask to be skipped, by service, pod and port: planned anew, so that it
// does not depend on what was synced when. As text a table with a line a skip; as JSON
//   {"skipped":[{"namespace":…,"pod":…,"service":…,"port":…,"reason":…,"sentence":…,"since":…}]}
// where since is null if it is not known.
//
// It begins with the keys of the services that there are. A step looks some of them up, plans them, and
// copies their skips; when all are collected, further steps write them. A step plans whole services until
// they have had kRowsPerStep pods, so the longest is that of the largest service.
class SkippedSteps final : public http_server::BodySource {
 public:
  // What it refers to has to outlive it.
  SkippedSteps(const ClusterCache& cache, endpoints::AddressMode mode, const ReportedSkips& reported,
               PageFormat format);

  bool Next(std::string& out) override;

 private:
  struct SkippedPod {
    kube::ObjectKey service;
    endpoints::Skip skip;
    std::optional<kube::Timestamp> since;
  };
  using Skipped = std::shared_ptr<std::vector<SkippedPod>>;

  bool Collect();
  std::size_t PlanNext();
  std::size_t TakePlanned(std::size_t most);
  void BeginWriting();

  const ClusterCache& cache_;
  const endpoints::AddressMode mode_;
  const ReportedSkips& reported_;
  const PageFormat format_;
  std::vector<kube::ObjectKey> services_;
  std::size_t next_service_ = 0;
  std::vector<SkippedPod> planned_;  // of the service before next_service_
  std::size_t next_planned_ = 0;
  Skipped skipped_ = std::make_shared<std::vector<SkippedPod>>();
  std::unique_ptr<http_server::BodySource> writing_;  // null: collecting
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
