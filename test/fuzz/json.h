// Whether a text that somebody else is given is JSON.

#ifndef K8SM_TEST_FUZZ_JSON_H_
#define K8SM_TEST_FUZZ_JSON_H_

#include "lib/kube_json/parse.h"

#include <string>
#include <string_view>

namespace k8sm::fuzz {

// A number that exceeds a double is JSON too, though we refuse to read it.
inline bool IsJson(std::string_view text) {
  const auto tree = kube_json::Parse(text);
  return tree.has_value() || tree.error().message.find("too big") != std::string::npos;
}

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_JSON_H_
