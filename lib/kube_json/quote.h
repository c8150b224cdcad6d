// Forwards to Quoted() for callers that have not changed yet.

#ifndef K8SM_LIB_KUBE_JSON_QUOTE_H_
#define K8SM_LIB_KUBE_JSON_QUOTE_H_

#include "lib/base/printable.h"

namespace k8sm::kube_json {

inline std::string Quote(std::string_view text) {
  return Quoted(text, std::string::npos);
}

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_QUOTE_H_
