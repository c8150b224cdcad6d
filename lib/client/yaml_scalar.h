// What a YAML scalar means.

#ifndef K8SM_LIB_CLIENT_YAML_SCALAR_H_
#define K8SM_LIB_CLIENT_YAML_SCALAR_H_

#include "lib/client/yaml.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

// "tag:yaml.org,2002:": what "!!" stands for.
inline constexpr std::string_view kYamlTagPrefix = "tag:yaml.org,2002:";

// `tag` as yaml-cpp gives it: "?" of a plain scalar, "!" of a quoted one, else the tag written out. Nothing
// where the text is not what its tag says.
std::optional<YamlValue> ResolveScalar(std::string_view tag, const std::string& text);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_YAML_SCALAR_H_
