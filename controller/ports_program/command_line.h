// Parses the command line of k8sm-ports.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_

#include "controller/ports_program/options.h"
#include "lib/base/error.h"

#include <string>
#include <variant>
#include <vector>

namespace k8sm::ports_program {

// Text to print before exiting: the answer to -help or -version.
struct Information {
  std::string text;
};

// Parses the arguments. Flags may be anywhere, as -name VALUE or -name=VALUE, with one or two dashes and with
// - or _ in their names. Errors: kInvalidConfig for invalid flags, values or operands.
Result<std::variant<Options, Information>> ParseCommandLine(const std::vector<std::string>& arguments);

// Returns the -help text.
std::string HelpText();

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_
