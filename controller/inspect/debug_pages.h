// The /debug pages, which show why a pod is or is not published.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/debug_service.h"
#include "controller/inspect/debug_services.h"
#include "controller/inspect/debug_skipped.h"
#include "controller/report/sync_failures.h"
#include "lib/endpoints/address_mode.h"
#include "lib/http_server/router.h"

#include <functional>
#include <optional>
#include <string>

namespace k8sm::controller {

// What the pages are made from. `cache`, and everything that the functions refer to, must outlive
// the router's use.
struct DebugSources {
  const ClusterCache& cache;
  endpoints::AddressMode mode;
  ReportedSkips reported;
  EmptySince empty_since;
  const SyncFailures& failures;
  SeenEndpoints seen;
  LimitsOfEndpoints limits;
  // Whether the caches have synced; until then the pages answer 503.
  std::function<bool()> synced;
  // Whether this process is the leader, or needs not be; and the same in a line, with the leader's name.
  std::function<bool()> leads;
  std::function<std::string()> role;
  // Returns what is waited for, or outdated, in one line; nullopt if nothing is.
  std::function<std::optional<std::string>()> waiting_for;
};

// Adds
//   GET /debug/                                 the role of this process, what is waited for, and an
//                                               index of these pages
//   GET /debug/skipped                          all skips
//   GET /debug/services                         the services without endpoints or whose syncs fail, and why
//     ?namespace=NS &reason=REASON &all=true      of one namespace; for one reason; with all other services
//   GET /debug/service?namespace=NS&name=NAME   what is published for a service, and why each pod is or is
//                                               not
//   PUT /debug/flags/v                          sets the log verbosity to the number in the body
//
// All but the first and the last answer with text tables, or with JSON for ?format=json or an Accept header
// that asks for it. They show the current content of the caches, and are generated in steps so that a large
// page does not block the loop.
void AddDebugPages(DebugSources sources, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_PAGES_H_
