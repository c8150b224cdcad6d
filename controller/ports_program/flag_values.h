// Parses the values of flags and operands.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_FLAG_VALUES_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_FLAG_VALUES_H_

#include "lib/base/error.h"
#include "lib/ports/port_set.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::ports_program {

// Returns a kInvalidConfig.
Error Invalid(std::string message);

// Parses a decimal number from `least` to `most`. kInvalidConfig, which says the limits.
Result<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t least, std::uint32_t most);

// Parses e.g. "31000-31009,31020".
Result<ports::PortSet> ParsePorts(const std::string& text);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_FLAG_VALUES_H_
