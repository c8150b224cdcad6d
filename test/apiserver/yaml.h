// Reads YAML as kubectl does.

#ifndef K8SM_TEST_APISERVER_YAML_H_
#define K8SM_TEST_APISERVER_YAML_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Returns each document as JSON text; empty documents are omitted. Plain scalars follow the core schema of
// YAML 1.2 (null, booleans, integers, floats), plus yes, no, on and off as booleans as in YAML 1.1, as
// kubectl does; quoted scalars are strings. Anchors, aliases and merge keys (<<) are resolved. Errors:
// kMalformed with line and column.
Result<std::vector<std::string>> YamlToJson(std::string_view text);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_YAML_H_
