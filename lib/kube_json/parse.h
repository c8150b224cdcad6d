// Parses JSON to a tree. Internal to lib/kube_json: exposes RapidJSON.

#ifndef K8SM_LIB_KUBE_JSON_PARSE_H_
#define K8SM_LIB_KUBE_JSON_PARSE_H_

#include "lib/base/error.h"

#include <rapidjson/document.h>

#include <string_view>

namespace k8sm::kube_json {

// Whether errors may quote the beginning of the text, which may name the object or contain a secret.
enum class Excerpts { kBeginning, kNone };

// Returns the tree of `json`. Its strings are valid UTF-8 and its depth is at most kMaxDepth. All trees share
// one buffer: a tree is valid until the next call. Fails with kMalformed, giving the byte offset and an
// excerpt.
Result<const rapidjson::Value*> Parse(std::string_view json, Excerpts excerpts = Excerpts::kBeginning);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_PARSE_H_
