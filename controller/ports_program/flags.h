// The flags of k8sm-ports.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_FLAGS_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_FLAGS_H_

#include "controller/ports_program/options.h"
#include "lib/base/error.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports_program {

struct Flag {
  // Parses the value into the options. kInvalidConfig, which says what a value may be.
  using Set = std::function<Result<void>(const std::string& value, Options& options)>;

  std::string_view name;
  std::string_view value;  // placeholder in the help; empty for a bool
  std::string_view text;
  Set set;
  // The commands that it is for; empty: all. "explain PORT" is explain with ports only.
  std::vector<std::string_view> only = {};
};

// In the order of the help.
const std::vector<Flag>& Flags();

// Returns the flag of this name, in which "-" and "_" are the same; null if there is none.
const Flag* FindFlag(std::string name);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_FLAGS_H_
