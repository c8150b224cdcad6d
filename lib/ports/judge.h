// Whether one pod can be scheduled, as far as ports go, and if not, why.

#ifndef K8SM_LIB_PORTS_JUDGE_H_
#define K8SM_LIB_PORTS_JUDGE_H_

#include "lib/ports/cells.h"
#include "lib/ports/port_space.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace k8sm::ports {

enum class Verdict : std::uint8_t {
  kFits,
  kNotNow,   // an agent offers the ports, but they are taken
  kNever,    // no agent offers them together
  kUnknown,  // what is known of the agents is not enough to say never
};

enum class Why : std::uint8_t {
  kNone,
  kNoPorts,         // fits: it asks for no port
  kTaken,           // not now
  kDuplicate,       // never: one number is declared twice
  kNoAgents,        // unknown: there are none, or what is known is old
  kNoAgentMatches,  // never: no agent has the node name or the selector's labels
  kNoRole,          // never: no eligible agent offers ports to its roles
  kOutsideOffers,   // never: some fixed port is offered by no eligible agent
  kNeverTogether,   // never: no eligible agent offers all fixed ports
  kTooFew,          // never: no eligible agent offers that many ports
};

std::string_view ToString(Verdict verdict);  // "fits", "not_now", "never", "unknown"
std::string_view ToString(Why why);          // "", "no_ports", "taken", "duplicate", ...

// A port that one more pod would need on an agent that offers it.
struct Blocker {
  AgentIndex agent = 0;
  Port port = 0;
  CellState state = CellState::kFree;
  HolderIndex holder = kNobody;
};

inline constexpr std::size_t kMaxBlockers = 20;

struct Blockers {
  std::vector<Blocker> kept;  // the first kMaxBlockers
  std::size_t more = 0;
};

struct Judgement {
  Verdict verdict = Verdict::kFits;
  Why why = Why::kNone;
  // With kDuplicate, kOutsideOffers and kNeverTogether: the ports in question.
  std::vector<Port> ports;
  Blockers blockers;  // with kTaken
};

// What is in the way of one more pod on each agent whose offer has room for it, but which has not got the
// ports free now. The pods `without` (sorted indexes) are taken for gone.
Blockers FindBlockers(const PortSpace& space, const Demand& demand,
                      std::span<const HolderIndex> without = {});

// O(agents * ranges).
Judgement Judge(const PortSpace& space, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_JUDGE_H_
