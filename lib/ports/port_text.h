// Parses port ranges and resources in Mesos' syntax.

#ifndef K8SM_LIB_PORTS_PORT_TEXT_H_
#define K8SM_LIB_PORTS_PORT_TEXT_H_

#include "lib/base/error.h"
#include "lib/ports/port_set.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace k8sm::ports {

// Maximum length of a text; longer ones are rejected.
inline constexpr std::size_t kMaxRangesText = 64 << 10;

// Parses "[31000-31004, 31006-32000]", the syntax of a Ranges value in a master's HTTP API and in
// --resources; "[]" is empty. Blanks are ignored. As in Mesos (src/v1/values.cpp), a number without an end is
// an error, and adjacent or overlapping ranges are merged. Fails with kMalformed, giving the byte offset.
Result<PortSet> ParseRanges(std::string_view text);

// Parses the ports of each role in a --resources text,
// "cpus:4;ports(fixed):[31900-31999];ports:[31000-31899]". The role defaults to "*". Other resources are
// skipped. Fails with kMalformed, naming the resource.
Result<std::map<std::string, PortSet>> ParseResources(std::string_view text);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_PORT_TEXT_H_
