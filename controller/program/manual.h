// Renders the documentation of the flags, for -help and for the manual page. The texts are those in the
// definitions of the flags.

#ifndef K8SM_CONTROLLER_PROGRAM_MANUAL_H_
#define K8SM_CONTROLLER_PROGRAM_MANUAL_H_

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// The documentation of one flag.
struct FlagText {
  std::string name;
  std::string type;  // as gflags names it: "bool", "int32", "double", "string"
  std::string default_value;
  std::string text;  // what it does, in sentences
};

// The flags of one subject.
struct FlagGroup {
  std::string title;
  std::vector<FlagText> flags;
};

// Returns the -help text, wrapped for a terminal.
std::string HelpText(const std::vector<FlagGroup>& groups);

// Returns the manual page in man(7) format: `text` with its line `.\" OPTIONS` replaced by the flags.
std::string ManualPage(std::string_view text, const std::vector<FlagGroup>& groups);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_MANUAL_H_
