// The documents of a YAML text from outside, within bounds.

#ifndef K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_
#define K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_

#include "lib/base/error.h"

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace k8sm::manifest {

// Loads all documents of a text in YAML or JSON. yaml-cpp recurses and holds about 200 bytes for each scalar,
// so a text of more than 4 MiB, 100 levels or 200,000 values is refused before it is built. Aliases share
// what they name: a caller that walks the tree has to bound the walk. Nodes know the line that they stand on.
// kInvalidConfig, with a message to be prefixed with the file's name, which names the line and repeats
// nothing of the text.
Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents);

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_
