// JSON for those who write a document by hand.

#ifndef K8SM_LIB_KUBE_JSON_QUOTE_H_
#define K8SM_LIB_KUBE_JSON_QUOTE_H_

#include <string>
#include <string_view>

namespace k8sm::kube_json {

// The text as a JSON string, quotes included.
std::string Quote(std::string_view text);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_QUOTE_H_
