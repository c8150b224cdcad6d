// The command line. The only user of gflags: everything else sees Options.

#ifndef K8SM_CONTROLLER_PROGRAM_FLAGS_H_
#define K8SM_CONTROLLER_PROGRAM_FLAGS_H_

#include "controller/program/manual.h"
#include "controller/program/options.h"
#include "lib/base/error.h"

#include <string>
#include <variant>
#include <vector>

namespace k8sm::controller {

// What to print on stdout, and then to exit with 0: the answer to -help or -version.
struct Answer {
  std::string text;
};

// Parses and checks the command line, and starts glog, which logs to stderr unless its own flags say
// otherwise. kInvalidConfig for a value that makes no sense or an argument that is no flag; of a flag that
// does not exist or a value of the wrong type gflags itself tells in one line on stderr, and exits with 1.
Result<std::variant<Options, Answer>> ParseCommandLine(int argc, char** argv);

// Builds Options from the flags as they are set now.
Result<Options> OptionsFromFlags();

// The flags that there are to know of, by subject, with their defaults.
std::vector<FlagGroup> DescribeFlags();

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_FLAGS_H_
