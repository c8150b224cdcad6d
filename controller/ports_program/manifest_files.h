// Reads the manifests named on the command line.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_

#include "controller/ports_program/checker.h"
#include "lib/base/error.h"

#include <string>
#include <vector>

namespace k8sm::ports_program {

// Reads files, "-" for standard input, and directories: all *.yaml, *.yml and *.json below them except hidden
// ones, sorted by name. Errors: kInvalidConfig, "FILE: line 3: ..."; also if there is no object in any of
// them.
Result<std::vector<NamedManifest>> ReadManifests(const std::vector<std::string>& paths);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_
