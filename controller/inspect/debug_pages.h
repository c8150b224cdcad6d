// /debug: what a person asks who wonders why something is as it is.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/debug_skipped.h"
#include "lib/endpoints/address_mode.h"
#include "lib/http_server/router.h"

#include <functional>

namespace k8sm::controller {

struct DebugSources {
  const ClusterCache& cache;
  endpoints::AddressMode mode;
  ReportedSkips reported;
  // Whether the caches hold all that they will; until then the pages say that they don't.
  std::function<bool()> synced;
};

// Adds
//   GET /debug/skipped                          all skips
//   GET /debug/service?namespace=NS&name=NAME   what is published for a service and why each pod is in or out
//   PUT /debug/flags/v                          sets the log's verbosity to the number in the body
//
// The first two answer with tables, or with JSON where ?format=json or the header Accept asks for it, from
// the caches as they are, made in steps. What the sources refer to has to outlive the router's use.
void AddDebugPages(DebugSources sources, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_
