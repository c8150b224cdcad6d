// Findings: problems of a workload, a pod or an agent.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_FINDING_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_FINDING_H_

#include "lib/ports/port_set.h"
#include "lib/ports/workload.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports_program {

enum class Level : std::uint8_t { kError, kWarning, kNote };

std::string_view ToString(Level level);  // "error", "warning", "note"

// A rule that findings violate, as documented.
struct Rule {
  std::string_view id;
  std::string_view description;
  std::string_view help;
};

// All rules, in the order of the documentation.
std::span<const Rule> Rules();

// One problem of one object.
struct Finding {
  std::string rule;
  Level level = Level::kError;
  std::string file;      // empty for a live object
  std::size_t line = 0;  // counted from 1
  std::string kind;
  std::string ns;  // empty for agents
  std::string name;
  std::vector<ports::Port> ports;
  std::string message;  // one line, complete sentences
  std::vector<ports::Port> suggestion;
  std::optional<ports::Plan> plan;  // the headroom of the workload, if computed
};

// Returns e.g. "Deployment shop/web" or "Agent node1", with unprintable characters escaped.
std::string ObjectOf(const Finding& finding);

// Returns e.g. "shop.yaml:18"; "live" for a live object.
std::string PlaceOf(const Finding& finding);

struct FindingCounts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
};
// Counts the findings by level.
FindingCounts CountFindings(std::span<const Finding> findings);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_FINDING_H_
