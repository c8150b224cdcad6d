// Whole numbers as kubectl reads them from YAML.

#ifndef K8SM_LIB_MANIFEST_YAML_INT_H_
#define K8SM_LIB_MANIFEST_YAML_INT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::manifest {

// Parses a plain scalar in the notations of YAML 1.1: 31004, 31_004, 0x791c, 074434 (octal), 0o74434, 0b11
// and 3.1004e4, with a sign. nullopt if it is no whole number, begins with _, or has more than 53 bits.
std::optional<std::int64_t> ParseYamlInt(std::string text);

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_YAML_INT_H_
