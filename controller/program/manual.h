// What the program tells of its flags: the answer to -help, and the flags' part of the manual page. Both are
// made of the texts that define the flags.

#ifndef K8SM_CONTROLLER_PROGRAM_MANUAL_H_
#define K8SM_CONTROLLER_PROGRAM_MANUAL_H_

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

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

// Plain text for a terminal.
std::string HelpText(const std::vector<FlagGroup>& groups);

// The manual page: text for man(7), with the flags in the place of its line `.\" OPTIONS`.
std::string ManualPage(std::string_view text, const std::vector<FlagGroup>& groups);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_MANUAL_H_
