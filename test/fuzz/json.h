// Checks that text for other programs is JSON.

#ifndef K8SM_TEST_FUZZ_JSON_H_
#define K8SM_TEST_FUZZ_JSON_H_

#include "lib/kube_json/parse.h"

#include <string>
#include <string_view>

namespace k8sm::fuzz {

// Whether the text is JSON. A number outside the range of double is valid JSON, although our parser rejects
// it.
inline bool IsJson(std::string_view text) {
  const auto tree = kube_json::Parse(text);
  return tree.has_value() || tree.error().message.find("too big") != std::string::npos;
}

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_JSON_H_
