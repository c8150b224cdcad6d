// YAML as kubectl reads it.

#ifndef K8SM_TEST_APISERVER_YAML_H_
#define K8SM_TEST_APISERVER_YAML_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Each document of the text as JSON; empty documents are left out. Plain scalars are null, true, false,
// integers and floats as YAML 1.2's core schema has them, and yes, no, on and off in their YAML 1.1 spellings
// are booleans too, as for kubectl; anything quoted is a string. Anchors, aliases and merge keys (<<) are
// resolved. kMalformed for what does not parse, with line and column.
Result<std::vector<std::string>> YamlToJson(std::string_view text);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_YAML_H_
