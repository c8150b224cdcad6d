// The options of the program's parts, derived from those of the program.

#ifndef K8SM_CONTROLLER_PROGRAM_PART_OPTIONS_H_
#define K8SM_CONTROLLER_PROGRAM_PART_OPTIONS_H_

#include "controller/ops/ops_port.h"
#include "controller/ops/program_metrics.h"
#include "controller/program/options.h"
#include "controller/reconcile/endpoint_controller.h"
#include "lib/base/error.h"
#include "lib/client/client_options.h"
#include "lib/client/server_capabilities.h"
#include "lib/informer/reflector.h"
#include "lib/leader/leader_elector.h"
#include "lib/leader/lock_kind.h"

#include <string>
#include <vector>

namespace k8sm::controller {

// Whether health, metrics and debug pages are served.
bool ServesOps(const Options& options);
// Whether clients of the ops port need the API server's permission.
bool GuardsOps(const Options& options);
// Returns what to warn of at start about who may use the ops port, one log line each.
std::vector<std::string> OpsWarningsFor(const Options& options);

// Whether this process takes part in the leader election. A dry run does not, since it does not write.
bool Elects(const Options& options);
// The options of the election, with an identity. The lock says in which mode the leader publishes.
leader::ElectionOptions ElectionOptionsFor(const Options& options);

// kInvalidConfig if the API server does not serve what the options demand.
Result<void> CheckServer(const Options& options, const client::ServerCapabilities& server);
// The kind of the lock object. It depends only on flags and the API server, so that all replicas choose the
// same one.
leader::LockKind LockKindFor(const Options& options, const client::ServerCapabilities& server);
// Whether EndpointSlices are written, as far as the API server serves them.
bool WritesSlices(const Options& options, const client::ServerCapabilities& server);
// How lists and watches are read.
informer::ReadOptions ReadOptionsFor(const Options& options, const client::ServerCapabilities& server);

// The client of the controller, whose requests `metrics` counts. `elector` is its write fence: no write is
// sent without the lease; null: none. Both must outlive the client.
client::ClientOptions ClientOptionsFor(const Options& options, ProgramMetrics& metrics,
                                       const leader::LeaderElector* elector);
// The client of the leader election, whose requests `metrics` counts. LeaderElector sets limits of its own.
client::ClientOptions ElectionClientOptionsFor(ProgramMetrics& metrics);
// The client of the reviews that guard the ops port. The rate limit is their own, so that strangers cannot
// hold up syncs. Standbys and dry runs ask too, so there is no write fence.
client::ClientOptions ReviewClientOptionsFor(const Options& options, ProgramMetrics& metrics);

OpsPortOptions OpsPortOptionsFor(const Options& options);
ControllerOptions ControllerOptionsFor(const Options& options);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_PART_OPTIONS_H_
