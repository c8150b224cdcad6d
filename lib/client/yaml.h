// YAML from a file that nobody has looked at, within bounds, and read as kubectl reads it (sigs.k8s.io/yaml).

#ifndef K8SM_LIB_CLIENT_YAML_H_
#define K8SM_LIB_CLIENT_YAML_H_

#include "lib/base/error.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

struct YamlValue;
// Never null. Aliases share what they name.
using YamlPtr = std::shared_ptr<const YamlValue>;

// A value with its tags, aliases and merge keys resolved.
struct YamlValue {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kMap };

  // Null where the map has no such key.
  const YamlValue* Find(const std::string& key) const;

  Kind kind = Kind::kNull;
  std::string text;  // of kText; of kBool and kNumber as JSON spells it
  std::vector<YamlPtr> list;
  std::map<std::string, YamlPtr> map;
  int depth = 0;  // levels of lists and maps, this one included
};

// The first document of a text in YAML or JSON; null where it is empty. As goyaml.v2, which kubectl uses:
// plain scalars are what YAML 1.1 takes them for (`yes` is true); of a key that stands in a map twice the
// last counts; `<<` merges where it stands, so that what follows it wins; !!binary is decoded, and tags that
// nobody knows mean text.
//
// A text of more than 4 MiB, 100 levels or 200,000 values (those merged from elsewhere included) is refused
// before it is built. kInvalidConfig, with a message to be prefixed with the file's name, which names the
// line and repeats nothing of the text but tags.
Result<YamlPtr> ParseYaml(const std::string& text);

// Nothing where it would be longer than 1 MiB.
std::optional<std::string> ToJson(const YamlValue& value);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_YAML_H_
