// JSON text to a tree. Internal to the room: this header shows RapidJSON.

#ifndef K8SM_LIB_KUBE_JSON_PARSE_H_
#define K8SM_LIB_KUBE_JSON_PARSE_H_

#include "lib/base/error.h"

#include <rapidjson/document.h>

#include <string_view>

namespace k8sm::kube_json {

// Whether an error may repeat the beginning of the text, which may name the object, or hold a secret.
enum class Excerpts { kBeginning, kNone };

// The tree that `json` holds; its strings are UTF-8, and it is no deeper than kMaxDepth. All trees share one
// memory, kept from each for the next: a tree is valid until the next call. kMalformed, with the byte where
// it shows and an excerpt of the text.
Result<const rapidjson::Value*> Parse(std::string_view json, Excerpts excerpts = Excerpts::kBeginning);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_PARSE_H_
