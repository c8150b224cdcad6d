// Parses the command line. With port_flags.h the only user of gflags: all other code is passed Options.

#ifndef K8SM_CONTROLLER_PROGRAM_FLAGS_H_
#define K8SM_CONTROLLER_PROGRAM_FLAGS_H_

#include "controller/program/manual.h"
#include "controller/program/options.h"
#include "lib/base/error.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace k8sm::controller {

// The exit code for a configuration that cannot be used: restarting does not help.
inline constexpr int kUsageExitCode = 2;

// Text to print on stdout before exiting with 0: the answer to -help or -version.
struct Answer {
  std::string text;
};

// Parses and validates the command line and starts glog, which logs to stderr unless its own flags say
// otherwise. Call once. Errors: kInvalidConfig for an invalid value or a positional argument. For an unknown
// flag, or a value of the wrong type, prints FlagErrors() on stderr and exits with kUsageExitCode.
Result<std::variant<Options, Answer>> ParseCommandLine(int argc, char** argv);

// Returns the errors that gflags has `printed`, "ERROR: …" in a line each, with the name of the program and
// how to list the flags.
std::string FlagErrors(std::string_view printed);

// Builds Options from the current values of the flags. Errors: kInvalidConfig for an invalid value.
Result<Options> OptionsFromFlags();

// Returns the documented flags, grouped by subject, with their defaults.
std::vector<FlagGroup> DescribeFlags();

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_FLAGS_H_
