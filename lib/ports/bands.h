// The port space in so many rows and columns, to be drawn.

#ifndef K8SM_LIB_PORTS_BANDS_H_
#define K8SM_LIB_PORTS_BANDS_H_

#include "lib/ports/cells.h"
#include "lib/ports/port_space.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

// By port (0 to 65535): on how many agents it is free for pods of this demand's roles, node and selector.
std::vector<std::uint32_t> FreeByPort(const PortSpace& space, const Demand& demand);

// A port that must be seen whatever the scale.
struct Mark {
  Port port = 0;
  CellState state = CellState::kClash;  // or kUnaccounted, kOutside
};

// Agents that are drawn as one row.
struct Band {
  AgentIndex first = 0;  // the first of them in the order of the bands
  std::uint32_t agents = 0;
  std::vector<std::uint32_t> free;  // by column: free cells
  std::vector<Mark> marks;          // at most kMaxMarks
};

inline constexpr std::size_t kMaxMarks = 100;

struct Bands {
  // The ports of each column: an equal share of the ports that any agent offers or pods hold, in ascending
  // order. Ports between that nobody offers are left out.
  std::vector<PortSet> columns;
  // The agents with the least free first.
  std::vector<Band> bands;
};

// At most `rows` bands and `columns` columns. REQUIRES: both > 0.
Bands BandsOf(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
              std::size_t columns);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_BANDS_H_
