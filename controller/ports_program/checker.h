// Checks manifests against the state of the cluster.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_CHECKER_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_CHECKER_H_

#include "controller/ports_program/finding.h"
#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/manifest/workload.h"

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::ports_program {

// A manifest and the file it was read from.
struct NamedManifest {
  std::string file;
  manifest::Manifest manifest;
};

// Identifies a checked workload, for reports that list each of them.
struct WorkloadName {
  std::string file;
  std::size_t line = 0;
  std::string kind;
  std::string ns;
  std::string name;
};

struct CheckResult {
  // Ordered by file, then by workload within the file.
  std::vector<Finding> findings;        // by file, in the order of the workloads
  std::vector<WorkloadName> workloads;  // those with host ports
  std::size_t files = 0;
  // Whether a result is uncertain because of what is not known of the agents. Errors are certain all the
  // same.
  bool unknown = false;
};

// Checks the manifests. If `state` is null, only the rules that need no agents are checked.
CheckResult CheckManifests(const std::vector<NamedManifest>& manifests, const State* state,
                           const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_CHECKER_H_
