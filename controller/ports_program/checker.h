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

struct NamedManifest {
  std::string file;
  manifest::Manifest manifest;
};

// What a workload is called, for those who report on each of them.
struct WorkloadName {
  std::string file;
  std::size_t line = 0;
  std::string kind;
  std::string ns;
  std::string name;
};

struct CheckResult {
  std::vector<Finding> findings;        // by file, in the order of the workloads
  std::vector<WorkloadName> workloads;  // those with host ports
  std::size_t files = 0;
  std::size_t others = 0;  // objects of other kinds
  // Some answer would take a complete and fresh list of agents.
  bool unknown = false;
};

// `state` null: only what needs no agents is checked.
CheckResult CheckManifests(const std::vector<NamedManifest>& manifests, const State* state,
                           const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_CHECKER_H_
