// Findings in the formats that people and pipelines read.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_

#include "controller/ports_program/checker.h"
#include "controller/ports_program/finding.h"
#include "controller/ports_program/state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::ports_program {

// What all formats are made from.
struct Report {
  CheckResult result;
  bool live = false;             // on live objects, not on manifests
  const State* state = nullptr;  // null: not known
  std::string unknown_because;   // one line, where the state is not known; else empty
};

// One finding a line, in columns, then a summary. A note on missing spare room is left out where the same
// workload has a stuck rollout, which says as much.
std::string TextReport(const Report& report, bool colours);
std::string JsonReport(const Report& report);
// SARIF 2.1.0
std::string SarifReport(const Report& report);
std::string JunitReport(const Report& report);
// Commands of GitHub's workflows, at most 10 of each level.
std::string GithubReport(const Report& report);
// A table for GitHub's job summary.
std::string GithubSummary(const Report& report);

// {"master":...,"age_seconds":...,"complete":...,"agents":...}, or null.
std::string SnapshotJson(const State* state);

// [1,2]
std::string PortsJson(const std::vector<ports::Port>& ports);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_
