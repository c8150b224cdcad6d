// Resolves the type of YAML scalars.

#ifndef K8SM_LIB_CLIENT_CONFIG_YAML_SCALAR_H_
#define K8SM_LIB_CLIENT_CONFIG_YAML_SCALAR_H_

#include "lib/client/config/yaml.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

// The prefix that "!!" stands for.
inline constexpr std::string_view kYamlTagPrefix = "tag:yaml.org,2002:";

// Resolves a scalar with the tag that yaml-cpp reports: "?" for a plain scalar, "!" for a quoted one, else
// the full tag. Returns nullopt if the text is not valid for its tag.
std::optional<YamlValue> ResolveScalar(std::string_view tag, const std::string& text);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_YAML_SCALAR_H_
