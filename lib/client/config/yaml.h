// Parses untrusted YAML within limits, with the semantics of kubectl (sigs.k8s.io/yaml).

#ifndef K8SM_LIB_CLIENT_CONFIG_YAML_H_
#define K8SM_LIB_CLIENT_CONFIG_YAML_H_

#include "lib/base/error.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

struct YamlValue;
// Never null. An alias shares the value it refers to.
using YamlPtr = std::shared_ptr<const YamlValue>;

// A value with its tags, aliases and merge keys resolved.
struct YamlValue {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kMap };

  // Returns the value; null if the map has no such key.
  const YamlValue* Find(const std::string& key) const;

  Kind kind = Kind::kNull;
  std::string text;  // the text; for kBool and kNumber in JSON syntax
  std::vector<YamlPtr> list;
  std::map<std::string, YamlPtr> map;
  int depth = 0;  // nesting depth, including this level
};

// Parses the first document of a YAML or JSON text; the value is null if the text is empty. Follows
// goyaml.v2, which kubectl uses: plain scalars have YAML 1.1 types (`yes` is true); the last of duplicate
// keys counts; `<<` merges at its position, so that later keys override it; !!binary is decoded, and unknown
// tags mean text.
//
// Texts with more than 4 MiB, 100 levels or 200,000 values (including merged ones) are rejected before they
// are built. Fails with kInvalidConfig; the caller must prefix the message with the file's name. The message
// names the line and quotes nothing of the text except tags.
Result<YamlPtr> ParseYaml(const std::string& text);

// Returns nullopt if the JSON would exceed 1 MiB.
std::optional<std::string> ToJson(const YamlValue& value);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_YAML_H_
