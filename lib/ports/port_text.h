// Port ranges and resources as Mesos writes them.

#ifndef K8SM_LIB_PORTS_PORT_TEXT_H_
#define K8SM_LIB_PORTS_PORT_TEXT_H_

#include "lib/base/error.h"
#include "lib/ports/port_set.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace k8sm::ports {

// Longer texts are refused.
inline constexpr std::size_t kMaxRangesText = 64 << 10;

// "[31000-31004, 31006-32000]", as a master's HTTP API and --resources spell a Ranges value; "[]" is empty.
// Blanks are ignored. As in Mesos (src/v1/values.cpp), a single number without an end is an error, and ranges
// that touch or overlap are joined. kMalformed, naming the byte where it shows.
Result<PortSet> ParseRanges(std::string_view text);

// The ports of each role in a text of --resources, "cpus:4;ports(fixed):[31900-31999];ports:[31000-31899]";
// the role is "*" where none is named. Other resources are skipped. kMalformed, naming the resource.
Result<std::map<std::string, PortSet>> ParseResources(std::string_view text);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_PORT_TEXT_H_
