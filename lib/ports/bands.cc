#include "lib/ports/bands.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace k8sm::ports {
namespace {

constexpr std::uint32_t kNoColumn = static_cast<std::uint32_t>(-1);

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

std::vector<PortSet> Columns(const PortSet& all, std::size_t columns) {
  std::vector<PortSet> cut;
  const std::size_t count = std::min<std::size_t>(columns, all.size());
  const std::vector<Port> ports = all.Ports();
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = ports.begin() + static_cast<std::ptrdiff_t>(ports.size() * i / count);
    const auto end = ports.begin() + static_cast<std::ptrdiff_t>(ports.size() * (i + 1) / count);
    cut.push_back(PortSet::OfPorts({begin, end}));
  }
  return cut;
}

// The agents with the least free first, by name where that is equal.
std::vector<AgentIndex> FullestFirst(const PortSpace& space, const RoleView& view) {
  std::vector<AgentIndex> order(space.agents().size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](AgentIndex a, AgentIndex b) { return view.free[a].size() < view.free[b].size(); });
  return order;
}

bool HasToBeSeen(CellState state) {
  return state == CellState::kClash || state == CellState::kUnaccounted || state == CellState::kOutside;
}

void AddMarks(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles, Band& band) {
  // Only ports that pods hold can have to be seen.
  if (space.HoldsOf(agent).empty()) return;
  for (const Port port : space.HeldOn(agent).Ports()) {
    if (band.marks.size() == kMaxMarks) return;
    const Run cell = CellOf(space, agent, port, roles);
    if (HasToBeSeen(cell.state)) band.marks.push_back({port, cell.state});
  }
}

}  // namespace

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

Bands BandsOf(const PortSpace& space, std::span<const std::string> roles, std::size_t rows,
              std::size_t columns) {
  Bands bands;
  bands.columns = Columns(AllPorts(space), columns);
  std::vector<std::uint32_t> column_of(kMaxPort + 1, kNoColumn);
  for (std::uint32_t i = 0; i < bands.columns.size(); ++i) {
    for (const Port port : bands.columns[i].Ports()) column_of[port] = i;
  }
  const RoleView& view = space.ViewFor(roles);
  const std::vector<AgentIndex> order = FullestFirst(space, view);
  const std::size_t count = std::min(rows, order.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = order.size() * i / count;
    const std::size_t end = order.size() * (i + 1) / count;
    Band band{.first = order[begin], .agents = static_cast<std::uint32_t>(end - begin)};
    band.free.resize(bands.columns.size());
    for (std::size_t agent = begin; agent < end; ++agent) {
      for (const Range& range : view.free[order[agent]].ranges()) {
        for (std::uint32_t port = range.begin; port <= range.end; ++port) ++band.free[column_of[port]];
      }
      AddMarks(space, order[agent], roles, band);
    }
    bands.bands.push_back(std::move(band));
  }
  return bands;
}

}  // namespace k8sm::ports
