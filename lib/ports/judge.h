// Decides whether a pod can be scheduled as far as ports are concerned, and why not.

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
  kNotNow,   // an agent offers the ports, but they are in use
  kNever,    // no agent offers them together
  kUnknown,  // the agents are not known well enough to decide that it never fits; see DoubtOf()
};

enum class Why : std::uint8_t {
  kNone,
  kNoPorts,         // fits: it requests no port
  kTaken,           // not now
  kDuplicate,       // never: a number is declared twice
  kNoAgents,        // unknown: there are no agents, or the data is outdated
  kNoAgentMatches,  // never: no agent matches the node name or selector
  kNoRole,          // never: no eligible agent offers ports to its roles
  kOutsideOffers,   // never: no eligible agent offers some fixed port
  kNeverTogether,   // never: no eligible agent offers all fixed ports
  kTooFew,          // never: no eligible agent offers enough ports
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
  // With kDuplicate, kOutsideOffers and kNeverTogether: the ports concerned.
  std::vector<Port> ports;
  Blockers blockers;  // set if kTaken
};

// Returns what prevents one more pod on each agent whose offer has room for it but whose ports are not free
// now. The pods `without` (sorted indexes) are treated as absent.
Blockers FindBlockers(const PortSpace& space, const Demand& demand,
                      std::span<const HolderIndex> without = {});

// Takes O(agents * ranges).
Judgement Judge(const PortSpace& space, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_JUDGE_H_
