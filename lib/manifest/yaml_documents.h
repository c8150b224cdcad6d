// Loads untrusted YAML within limits.

#ifndef K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_
#define K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_

#include "lib/base/error.h"

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace k8sm::manifest {

// Loads all documents of a YAML or JSON text. yaml-cpp is recursive and needs about 200 bytes per scalar, so
// texts with more than 4 MiB, 100 levels or 200,000 values are rejected before they are built. Aliases share
// their target: a caller that walks the tree must limit the walk. Nodes know their line. A document that
// begins with "{" or "[" may escape a character as a surrogate pair, as JSON does. Fails with kInvalidConfig;
// the caller must prefix the message with the file's name. The message names the line and quotes nothing of
// the text.
Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents);

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_YAML_DOCUMENTS_H_
