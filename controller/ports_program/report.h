// Formats findings for people and CI systems.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_

#include "controller/ports_program/checker.h"
#include "controller/ports_program/finding.h"
#include "controller/ports_program/state.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::ports_program {

// What is longer is cut, in text.
inline constexpr std::size_t kMaxLine = 2'000;

// The input of all formats.
struct Report {
  CheckResult result;
  bool live = false;             // on live objects, not on manifests
  bool all = false;              // as text in full
  const State* state = nullptr;  // null: not known
  std::string unknown_because;   // one line, where the state is not known; else empty
};

// One line per finding, in columns, then a summary. A note on missing headroom is omitted if the same
// workload has a stuck rollout, which implies it. Of live objects, up to 30 findings of a rule unless `all`.
std::string TextReport(const Report& report, bool colours);
std::string JsonReport(const Report& report);
// SARIF 2.1.0.
std::string SarifReport(const Report& report);
std::string JunitReport(const Report& report);
// GitHub workflow commands, at most 10 per level, which is GitHub's limit.
std::string GithubReport(const Report& report);
// A table for the GitHub job summary.
std::string GithubSummary(const Report& report);

// Returns {"master":...,"age_seconds":...,"complete":...,"agents":...}, or null if the state is unknown.
std::string SnapshotJson(const State* state);

// Returns e.g. [1,2].
std::string PortsJson(const std::vector<ports::Port>& ports);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_REPORT_H_
