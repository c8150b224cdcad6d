// Forwards to Printable() for callers that have not changed yet.

#ifndef K8SM_LIB_BASE_ONE_LINE_H_
#define K8SM_LIB_BASE_ONE_LINE_H_

#include "lib/base/printable.h"

namespace k8sm {

inline std::string OneLine(std::string_view text, std::size_t max_bytes) {
  return Printable(text, max_bytes);
}

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_ONE_LINE_H_
