// The manifests that the command line names.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_

#include "controller/ports_program/checker.h"
#include "lib/base/error.h"

#include <string>
#include <vector>

namespace k8sm::ports_program {

// Of files, "-" for standard input, and folders: all *.yaml, *.yml and *.json below them, by name, hidden
// ones left out. kInvalidConfig, "FILE: line 3: ...".
Result<std::vector<NamedManifest>> ReadManifests(const std::vector<std::string>& paths);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_MANIFEST_FILES_H_
