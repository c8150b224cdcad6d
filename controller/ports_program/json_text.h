// JSON strings for output.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_JSON_TEXT_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_JSON_TEXT_H_

#include "lib/base/printable.h"

#include <string>
#include <string_view>

namespace k8sm::ports_program {

// Returns the text as a JSON string, without a length limit.
inline std::string JsonText(std::string_view text) {
  return Quoted(text, std::string::npos);
}

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_JSON_TEXT_H_
