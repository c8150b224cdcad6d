#include "lib/ports/bands.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace k8sm::ports {
namespace {

PortSet AllPorts(const PortSpace& space) {
  PortSet all;
  for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    for (const auto& [role, ports] : space.agents()[agent].offered) {
      if (!all.Contains(ports)) all = all | ports;
    }
    if (!all.Contains(space.HeldOn(agent))) all = all | space.HeldOn(agent);
  }
  return all;
}

bool HasToBeSeen(CellState state) {
  return state == CellState::kClash || state == CellState::kUnaccounted || state == CellState::kOutside;
}

void AddMarks(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles, Band& band) {
  // Only ports held by pods can need a mark.
  if (space.HoldsOf(agent).empty()) return;
  for (const Port port : space.HeldOn(agent).Ports()) {
    if (band.marks.size() == kMaxMarks) return;
    const Run cell = CellOf(space, agent, port, roles);
    if (HasToBeSeen(cell.state)) band.marks.push_back({port, cell.state});
  }
}

}  // namespace

std::vector<AgentIndex> FullestFirst(const PortSpace& space, std::span<const std::string> roles) {
  const std::vector<PortSet>& free = space.ViewFor(roles).free;
  std::vector<AgentIndex> order(free.size());
  std::iota(order.begin(), order.end(), AgentIndex{0});
  std::ranges::stable_sort(order, {}, [&](AgentIndex agent) { return free[agent].size(); });
  return order;
}

std::vector<std::uint32_t> FreeByPort(const PortSpace& space, const Demand& demand) {
  const RoleView& view = space.ViewFor(demand.roles);
  if (demand.node.empty() && demand.selector.empty()) return view.free_count;
  std::vector<std::uint32_t> count(kMaxPort + 1);
  for (const AgentIndex agent : space.Eligible(demand)) {
    for (const Range& range : view.free[agent].ranges()) {
      for (std::uint32_t port = range.begin; port <= range.end; ++port) ++count[port];
    }
  }
  return count;
}

// Numbers the existing ports and distributes them over columns.
class BandMaker::Grid {
 public:
  Grid(const PortSet& all, std::size_t columns)
      : rank_(kMaxPort + 1), column_(kMaxPort + 1), count_(std::min<std::size_t>(columns, all.size())) {
    const std::vector<Port> ports = all.Ports();
    for (std::uint32_t i = 0; i < ports.size(); ++i) rank_[ports[i]] = i;
    for (std::size_t column = 0; column <= count_ && count_ > 0; ++column) {
      first_rank_.push_back(static_cast<std::uint32_t>(ports.size() * column / count_));
    }
    for (std::size_t column = 0; column < count_; ++column) {
      const auto begin = ports.begin() + first_rank_[column];
      columns_.push_back(PortSet::OfPorts({begin, ports.begin() + first_rank_[column + 1]}));
      for (const Port port : columns_.back().Ports()) column_[port] = static_cast<std::uint32_t>(column);
    }
  }

  const std::vector<PortSet>& columns() const { return columns_; }

  // Adds each port of the range to its column. REQUIRES: the grid contains all of them.
  void Add(const Range& range, std::vector<std::uint32_t>& by_column) const {
    const std::uint32_t begin = rank_[range.begin];
    const std::uint32_t end = rank_[range.end] + 1;
    auto behind = first_rank_.begin() + column_[range.begin] + 1;
    for (std::uint32_t at = begin; at < end; ++behind) {
      const std::uint32_t stop = std::min(end, *behind);
      by_column[static_cast<std::size_t>(behind - first_rank_.begin()) - 1] += stop - at;
      at = stop;
    }
  }

 private:
  std::vector<std::uint32_t> rank_;    // by port
  std::vector<std::uint32_t> column_;  // by port
  std::size_t count_;
  std::vector<std::uint32_t> first_rank_;  // by column, plus an end marker
  std::vector<PortSet> columns_;
};

BandMaker::BandMaker(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
                     std::size_t columns)
    : space_(space),
      roles_(roles.begin(), roles.end()),
      grid_(std::make_unique<const Grid>(AllPorts(space), columns)),
      order_(FullestFirst(space, roles)),
      rows_(std::min(rows, order_.size())) {
  bands_.columns = grid_->columns();
}

BandMaker::~BandMaker() = default;

void BandMaker::BeginBand() {
  end_ = order_.size() * (bands_.bands.size() + 1) / rows_;
  Band band{.first = order_[next_], .agents = static_cast<std::uint32_t>(end_ - next_)};
  band.free.resize(bands_.columns.size());
  bands_.bands.push_back(std::move(band));
}

bool BandMaker::Step(std::size_t agents) {
  const RoleView& view = space_.ViewFor(roles_);
  const std::size_t end = std::min(order_.size(), next_ + agents);
  for (; next_ < end; ++next_) {
    if (next_ == end_) BeginBand();
    Band& band = bands_.bands.back();
    for (const Range& range : view.free[order_[next_]].ranges()) grid_->Add(range, band.free);
    AddMarks(space_, order_[next_], roles_, band);
  }
  return next_ < order_.size();
}

Bands BandsOf(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
              std::size_t columns) {
  BandMaker maker(space, roles, rows, columns);
  maker.Step(space.agents().size());
  return maker.TakeBands();
}

}  // namespace k8sm::ports
