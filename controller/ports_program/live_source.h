// The state of a live cluster, from its Mesos master and its API server.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_

#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/base/error.h"

namespace k8sm::ports_program {

// One poll of -mesos_master, and, with -kubeconfig or -master, one list each of pods, Services and Nodes,
// within -timeout each. kInvalidConfig: flags or files that make no sense. Any other error: the state is not
// known.
Result<State> LoadLive(const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_LIVE_SOURCE_H_
