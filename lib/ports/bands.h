// Reduces the port space to a given number of rows and columns, for drawing.

#ifndef K8SM_LIB_PORTS_BANDS_H_
#define K8SM_LIB_PORTS_BANDS_H_

#include "lib/ports/cells.h"
#include "lib/ports/port_space.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports {

// Returns for each port (0 to 65535) the number of agents on which it is free for pods of this demand's
// roles, node and selector.
std::vector<std::uint32_t> FreeByPort(const PortSpace& space, const Demand& demand);

// A port that must be visible at any scale.
struct Mark {
  Port port = 0;
  CellState state = CellState::kClash;  // or kUnaccounted, kOutside
};

// Agents drawn as one row.
struct Band {
  AgentIndex first = 0;  // its first agent, in band order
  std::uint32_t agents = 0;
  std::vector<std::uint32_t> free;  // free cells by column
  std::vector<Mark> marks;          // up to kMaxMarks
};

inline constexpr std::size_t kMaxMarks = 100;

struct Bands {
  // The ports of each column, in ascending order. Columns share the ports equally that an agent offers or a
  // pod holds; other ports are omitted.
  std::vector<PortSet> columns;
  // Agents with the fewest free ports first.
  std::vector<Band> bands;
};

// Returns the agents in the order of bands: the one with the fewest ports that are free for these roles
// first, then by name. O(agents * log agents).
std::vector<AgentIndex> FullestFirst(const PortSpace& space, std::span<const std::string> roles);

// Makes bands in steps. REQUIRES: the space outlives it.
class BandMaker {
 public:
  // Makes up to `rows` bands and `columns` columns. REQUIRES: both > 0. Takes O(agents * log agents + ports).
  BandMaker(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
            std::size_t columns);
  ~BandMaker();
  BandMaker(const BandMaker&) = delete;
  BandMaker& operator=(const BandMaker&) = delete;

  // Adds up to so many more agents to their bands. Returns whether more follow. O(agents * ranges).
  bool Step(std::size_t agents);

  // Complete once Step() has returned false.
  const Bands& bands() const { return bands_; }
  Bands TakeBands() { return std::move(bands_); }

 private:
  class Grid;

  void BeginBand();

  const PortSpace& space_;
  const std::vector<std::string> roles_;
  const std::unique_ptr<const Grid> grid_;
  const std::vector<AgentIndex> order_;
  const std::size_t rows_;
  std::size_t next_ = 0;  // index into order_
  std::size_t end_ = 0;   // of the last band
  Bands bands_;
};

// Returns all bands at once.
Bands BandsOf(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
              std::size_t columns);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_BANDS_H_
