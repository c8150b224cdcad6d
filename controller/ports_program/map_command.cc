#include "controller/ports_program/commands.h"
#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/ports/cells.h"
#include "lib/ports/doubts.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

using ports::AgentIndex;
using ports::CellState;
using ports::PortSet;
using ports::Run;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxRangesTold = 6;
constexpr std::size_t kMaxDoubts = 100;
constexpr std::size_t kMaxLinesTold = 40;

// The ports that one role is offered on one agent, and their state.
struct Line {
  AgentIndex agent = 0;
  std::string role;
  PortSet offered;
  std::uint32_t free = 0;
  std::uint32_t pods = 0;
  std::uint32_t leaving = 0;
  std::uint32_t foreign = 0;
  std::uint32_t unaccounted = 0;

  std::uint32_t percent_used() const {
    return offered.empty() ? 0 : (offered.size() - free) * 100 / offered.size();
  }
};

void Add(const Run& run, std::uint32_t ports, Line& line) {
  switch (run.state) {
    case CellState::kFree:
    case CellState::kNodePort:
      line.free += ports;
      break;
    case CellState::kPod:
    case CellState::kClash:
      line.pods += ports;
      break;
    case CellState::kLeaving:
      line.leaving += ports;
      break;
    case CellState::kForeign:
      line.foreign += ports;
      break;
    case CellState::kUnaccounted:
      line.unaccounted += ports;
      break;
    case CellState::kOutside:
    case CellState::kOtherRole:
      break;
  }
}

std::vector<Line> LinesOf(const State& state, const Options& options) {
  std::vector<Line> lines;
  for (AgentIndex agent = 0; agent < state.space.agents().size(); ++agent) {
    for (const auto& [role, offered] : state.space.agents()[agent].offered) {
      const auto& wanted = options.roles;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), role) == wanted.end()) continue;
      Line line{.agent = agent, .role = role, .offered = offered};
      ports::ForEachRun(state.space, agent, std::vector<std::string>{role}, [&](const Run& run) {
        Add(run, (PortSet::Of({{run.begin, run.end}}) & line.offered).size(), line);
      });
      lines.push_back(std::move(line));
    }
  }
  // Sorts by free share, the fullest agent first.
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::uint64_t{a.free} * b.offered.size() < std::uint64_t{b.free} * a.offered.size();
  });
  return lines;
}

using Row = std::array<std::string, 10>;

// The first three columns are text, the others numbers.
std::string Table(const std::vector<Row>& rows) {
  std::array<std::size_t, 10> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      text += (i > 0 ? "  " : "") + (i < 3 ? row[i] + padding : padding + row[i]);
    }
    text += "\n";
  }
  return text;
}

struct Totals {
  std::size_t ports = 0;
  std::size_t free = 0;
};

Totals TotalsOf(const std::vector<Line>& lines) {
  Totals totals;
  for (const Line& line : lines) {
    totals.ports += line.offered.size();
    totals.free += line.free;
  }
  return totals;
}

// What is left out of the table, and each role's share of the ports.
std::string Rest(const std::vector<Line>& lines) {
  std::map<std::string, std::vector<Line>> by_role;
  for (const Line& line : lines) by_role[line.role].push_back(line);
  std::string text = "and " + Count(lines.size() - kMaxLinesTold, "more line") + "; -all shows " +
                     (lines.size() - kMaxLinesTold == 1 ? "it" : "them") + "\n";
  for (const auto& [role, of_role] : by_role) {
    const Totals totals = TotalsOf(of_role);
    text += "role " + Printable(role, kMaxName) + ": " + Count(of_role.size(), "agent") + ", " +
            Count(totals.ports, "port") + ", " + std::to_string(totals.free) + " free\n";
  }
  return text;
}

std::string Summary(const State& state, const std::vector<Line>& lines) {
  const Totals totals = TotalsOf(lines);
  std::string text = Count(state.space.agents().size(), "agent") + ", " + Count(totals.ports, "port") + ", " +
                     std::to_string(totals.free) + " free";
  if (totals.ports > 0) text += " (" + std::to_string(totals.free * 100 / totals.ports) + "%)";
  text += "; from " + Printable(state.source, kMaxName);
  if (state.age_seconds) text += ", " + std::to_string(*state.age_seconds) + " s ago";
  return text + (!state.space.fresh()     ? ", outdated\n"
                 : state.space.complete() ? ", complete\n"
                                          : ", not complete\n");
}

// Pods that hold ports they should not.
struct Oddity {
  AgentIndex agent;
  ports::Port port;
  CellState state;
};

std::vector<Oddity> OdditiesOf(const State& state) {
  std::vector<Oddity> oddities;
  const std::vector<std::string> none;
  for (AgentIndex agent = 0; agent < state.space.agents().size(); ++agent) {
    for (const ports::Port port : state.space.HeldOn(agent).Ports()) {
      const Run cell = ports::CellOf(state.space, agent, port, none);
      const bool odd = cell.state == CellState::kClash || cell.state == CellState::kUnaccounted ||
                       cell.state == CellState::kOutside;
      if (odd) oddities.push_back({agent, port, cell.state});
    }
  }
  return oddities;
}

std::string_view Remark(CellState state) {
  switch (state) {
    case CellState::kUnaccounted:
      return " (Mesos takes it for free: a static pod?)";
    case CellState::kOutside:
      return " (no role is offered it)";
    default:
      return " (only one of them can have it)";
  }
}

std::string OddityText(const State& state, const Oddity& oddity) {
  std::string text(ToString(oddity.state));
  text += ": " + state.space.agents()[oddity.agent].name + " " + std::to_string(oddity.port);
  const char* separator = "/";
  for (const ports::Hold& hold : state.space.HoldsOf(oddity.agent)) {
    if (hold.port != oddity.port) continue;
    const ports::Holder& holder = state.space.holders()[hold.holder];
    text.append(separator)
        .append(ToString(holder.claims[hold.claim].protocol))
        .append(" pod ")
        .append(NameOf(holder));
    separator = ", ";
  }
  return Printable(text, kMaxLine) + std::string(Remark(oddity.state)) + "\n";
}

std::string Warnings(const State& state, std::span<const std::string> roles) {
  std::string text;
  for (const std::string& warning : state.warnings) text += "warning: " + Printable(warning, kMaxLine) + "\n";
  for (const std::string& doubt : ports::DoubtsOf(state.space, kMaxDoubts))
    text += "warning: " + Printable(doubt, kMaxLine) + "\n";
  for (const std::string& role : ports::RolesWithoutPorts(state.space, roles))
    text += "warning: role \"" + Printable(role, kMaxName) +
            "\" has ports on no agent: may the principal view it (ACL view_roles), and does "
            "-mesos_framework_roles name it right?\n";
  return text;
}

}  // namespace

std::string MapText(const State& state, const Options& options) {
  const std::vector<Line> lines = LinesOf(state, options);
  const bool in_full = options.all || lines.size() <= kMaxLinesTold;
  std::vector<Row> rows{
      {"AGENT", "ROLE", "OFFERED", "PORTS", "FREE", "PODS", "LEAVING", "OTHER", "UNACCOUNTED", "USED"}};
  const std::size_t told = in_full ? lines.size() : kMaxLinesTold;
  for (std::size_t i = 0; i < told; ++i) {
    const Line& line = lines[i];
    const ports::Agent& agent = state.space.agents()[line.agent];
    rows.push_back(
        {Printable(ports::TitleOf(state.space, line.agent), kMaxName) + (agent.active ? "" : " (inactive)"),
         Printable(line.role, kMaxName), ports::ToString(line.offered, kMaxRangesTold),
         std::to_string(line.offered.size()), std::to_string(line.free), std::to_string(line.pods),
         std::to_string(line.leaving), std::to_string(line.foreign), std::to_string(line.unaccounted),
         std::to_string(line.percent_used()) + "%"});
  }
  std::string text = Table(rows) + (in_full ? "" : Rest(lines)) + Summary(state, lines);
  const std::vector<Oddity> oddities = OdditiesOf(state);
  const std::size_t odd = options.all ? oddities.size() : std::min(oddities.size(), kMaxLinesTold);
  for (std::size_t i = 0; i < odd; ++i) text += OddityText(state, oddities[i]);
  if (odd < oddities.size())
    text += "and " + std::to_string(oddities.size() - odd) + " more; -all shows them\n";
  return text + Warnings(state, options.rules.framework_roles);
}

std::string MapJson(const State& state, const Options& options) {
  const std::vector<Line> lines = LinesOf(state, options);
  const Totals totals = TotalsOf(lines);
  std::string json = "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) +
                     ",\"ports\":" + std::to_string(totals.ports) +
                     ",\"free\":" + std::to_string(totals.free) + ",\"agents\":[";
  const char* separator = "\n";
  for (const Line& line : lines) {
    const ports::Agent& agent = state.space.agents()[line.agent];
    json += separator + ("{\"agent\":" + JsonText(agent.name.get())) + ",\"id\":" + JsonText(agent.id) +
            ",\"active\":" + (agent.active ? "true" : "false") + ",\"role\":" + JsonText(line.role) +
            ",\"offered\":" + JsonText(ports::ToString(line.offered)) +
            ",\"ports\":" + std::to_string(line.offered.size()) + ",\"free\":" + std::to_string(line.free) +
            ",\"pods\":" + std::to_string(line.pods) + ",\"leaving\":" + std::to_string(line.leaving) +
            ",\"other\":" + std::to_string(line.foreign) +
            ",\"unaccounted\":" + std::to_string(line.unaccounted) + "}";
    separator = ",\n";
  }
  return json + "]}\n";
}

}  // namespace k8sm::ports_program
