// Reads the state of a live cluster from its Mesos master and API server.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_

#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/base/error.h"

namespace k8sm::ports_program {

// Polls -mesos_master once and, with -kubeconfig or -master, lists Pods, Services and Nodes once; takes at
// most -timeout for all of it. Nodes are left out without permission to list them. Blocks. Errors:
// kInvalidConfig for invalid flags or files; any other error means that the state is unknown.
Result<State> LoadLive(const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_
