// Runs k8sm-ports.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_PROGRAM_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_PROGRAM_H_

#include <ostream>
#include <string>
#include <vector>

namespace k8sm::ports_program {

// The exit codes.
inline constexpr int kNothingFound = 0;
inline constexpr int kFindings = 1;
// Or a manifest cannot be read, or an output not be written.
inline constexpr int kUsageError = 2;
inline constexpr int kStateUnknown = 3;

// Runs one command and returns the exit code. `colours`: whether `out` is a terminal that supports colours.
int RunProgram(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err, bool colours);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_PROGRAM_H_
