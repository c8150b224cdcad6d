// Reads the command line.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_

#include "controller/ports_program/options.h"
#include "lib/base/error.h"

#include <string>
#include <variant>
#include <vector>

namespace k8sm::ports_program {

// A text to print instead of doing anything: -help, -version.
struct Information {
  std::string text;
};

// Flags may stand anywhere, as -name VALUE, -name=VALUE or with two dashes, with - or _ in their names.
// kInvalidConfig for what makes no sense.
Result<std::variant<Options, Information>> ParseCommandLine(const std::vector<std::string>& arguments);

std::string HelpText();

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_COMMAND_LINE_H_
