// The flags of the port space.

#ifndef K8SM_CONTROLLER_PROGRAM_PORT_FLAGS_H_
#define K8SM_CONTROLLER_PROGRAM_PORT_FLAGS_H_

#include "controller/port_space/port_space_options.h"
#include "lib/base/error.h"

#include <optional>

namespace k8sm::controller {

// Returns the options of the port space from the values of the flags; nullopt without -mesos_master.
// `wildcard`: the value of -host_port_endpoints. Errors: kInvalidConfig, naming the flag.
Result<std::optional<PortSpaceOptions>> PortSpaceFromFlags(bool wildcard);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_PORT_FLAGS_H_
