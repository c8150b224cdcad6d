// Which pods are skipped, and why, for people and programs that ask.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_

#include "controller/cluster/cluster_cache.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// Since when a pod is skipped for a port of the service; nothing where it is not known: a process that does
// not lead has not told of the skip, and one that has just been started has told of it only now.
using SinceLookup = std::function<std::optional<kube::Timestamp>(const kube::ObjectKey& service,
                                                                 const endpoints::Skip& skip)>;

struct SkippedPod {
  kube::ObjectKey service;
  endpoints::Skip skip;
  std::optional<kube::Timestamp> since;
};

// All that the caches ask to be skipped, by service, pod and port: planned anew, so that it does not depend
// on what was synced when.
std::vector<SkippedPod> FindSkipped(const ClusterCache& cache, endpoints::AddressMode mode,
                                    const SinceLookup& since);

// A table with a line a skip.
std::string SkippedTable(const std::vector<SkippedPod>& skipped);

// {"skipped":[{"namespace":…,"pod":…,"service":…,"port":…,"reason":…,"sentence":…,"since":…}]}; since is null
// where it is not known.
std::string SkippedJson(const std::vector<SkippedPod>& skipped);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SKIPPED_H_
