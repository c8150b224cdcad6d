// YAML from a file that nobody has looked at: within bounds.

#ifndef K8SM_LIB_CLIENT_BOUNDED_YAML_H_
#define K8SM_LIB_CLIENT_BOUNDED_YAML_H_

#include "lib/base/error.h"

#include <yaml-cpp/node/node.h>

#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

// Points `root` at the first document of a text in YAML or JSON. yaml-cpp recurses and holds about 200 bytes
// for each scalar, so a text of more than 4 MiB, 100 levels or 200,000 values is refused before it is built.
// Aliases share what they name: who walks the tree has to mind that it may be endless. kInvalidConfig, with a
// message to be prefixed with the file's name, which names the line and repeats nothing of the text.
Result<void> LoadYaml(const std::string& text, YAML::Node& root);

// The same for all documents of a text, within the same bounds together. A document's nodes say on which line
// they stand.
Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents);

// As sigs.k8s.io/yaml turns YAML into JSON: plain scalars that spell null, a boolean or a number (as JSON
// spells it) are one, other scalars are strings. Nothing where that would be deeper than 100 levels or longer
// than 1 MiB.
std::optional<std::string> ToJson(const YAML::Node& node);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_BOUNDED_YAML_H_
