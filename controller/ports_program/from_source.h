// Reads the state of a live cluster from a running controller.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_FROM_SOURCE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_FROM_SOURCE_H_

#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/base/error.h"

namespace k8sm::ports_program {

// Reads /debug/ports, /debug/ports/agents and /debug/ports/pods of the controller at options.from; takes at
// most -timeout for all of it. Blocks. Errors, which say what to change: kInvalidConfig for an invalid URL or
// an unusable file; any other error means that the state is unknown.
Result<State> LoadFrom(const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_FROM_SOURCE_H_
