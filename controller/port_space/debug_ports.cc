#include "controller/port_space/debug_ports.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/text_table.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/ports/bands.h"
#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Page;
using http_server::PageRequest;
using ports::AgentIndex;
using ports::CellState;

constexpr std::size_t kMaxColumns = 400;
constexpr std::size_t kMaxRows = 400;
constexpr std::size_t kDefaultRows = 200;
constexpr std::size_t kMaxLine = 2'000;
constexpr std::size_t kMaxRangesTold = 6;
// Of one kind.
constexpr std::size_t kMaxDoubts = 5;
// Agents of one name on a page.
constexpr std::size_t kMaxAgentsShown = 10;

// For one step of bands.
constexpr std::size_t kAgentsPerStep = 500;

// What a page shows. Shared by its steps.
struct Shown {
  std::shared_ptr<const PortReport> report;
  std::shared_ptr<const std::vector<PortFinding>> findings;
  std::chrono::seconds age{0};
  ports::SchedulerRules rules;
};
using SharedShown = std::shared_ptr<const Shown>;

Page Plain(unsigned status, std::string body) {
  return {.status = status, .body = std::move(body) + "\n"};
}

SharedShown Show(const PortWatch& watch) {
  auto shown = std::make_shared<Shown>();
  shown->report = watch.report();
  shown->findings = watch.findings();
  shown->rules = watch.ledger().rules();
  shown->age = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                                shown->report->polled_at);
  return shown;
}

std::string Trust(const Shown& shown) {
  const ports::PortSpace& space = shown.report->space;
  if (!space.fresh()) return "outdated";
  return space.complete() ? "complete" : "not complete";
}

TableRow RowOf(const PortReport& report, AgentIndex agent) {
  const ports::CellCounts counts = CountCells(report.space, agent, report.roles);
  const auto number = [&](CellState state) { return std::to_string(counts.of(state)); };
  const ports::Agent& of = report.space.agents()[agent];
  return {Printable(ports::TitleOf(report.space, agent)) + (of.active ? "" : " (inactive)"),
          std::to_string(counts.offered),
          std::to_string(counts.free),
          std::to_string(counts.of(CellState::kPod) + counts.of(CellState::kClash)),
          number(CellState::kLeaving),
          number(CellState::kForeign),
          number(CellState::kUnaccounted),
          ports::ToString(report.space.ViewFor(report.roles).offer[agent], kMaxRangesTold)};
}

std::unique_ptr<PageParts> TextOf(const SharedShown& shown) {
  auto parts = std::make_unique<PageParts>();
  const PortReport& report = *shown->report;
  parts->Add(TextTable({"AGENT", "PORTS", "FREE", "PODS", "LEAVING", "OTHER", "UNACCOUNTED", "OFFERED"},
                       report.space.agents().size(),
                       [shown, agents = ports::FullestFirst(report.space, report.roles)](std::size_t index) {
                         return RowOf(*shown->report, agents[index]);
                       }));
  parts->Add(Count(report.space.agents().size(), "agent") + ", " + Count(report.offered, "port") + ", " +
             std::to_string(report.free) + " free; from " + report.master + ", " +
             std::to_string(shown->age.count()) + " s ago, " + Trust(*shown) + "\n");
  for (const std::string& doubt : ports::DoubtsOf(report.space, kMaxDoubts))
    parts->Add("warning: " + Printable(doubt, kMaxLine) + "\n");
  parts->Add([shown, next = std::size_t{0}](std::string& out) mutable {
    const std::vector<PortFinding>& findings = *shown->findings;
    const std::size_t end = std::min(findings.size(), next + kRowsPerStep);
    for (; next < end; ++next)
      out += std::string(findings[next].rule) + ": " + Printable(findings[next].text, kMaxLine) + "\n";
    return next < findings.size();
  });
  return parts;
}

std::string ListOf(const std::vector<std::uint32_t>& numbers) {
  return JsonOf(numbers, [](std::uint32_t number) { return std::to_string(number); });
}

std::string SnapshotOf(const Shown& shown) {
  const PortReport& report = *shown.report;
  return JsonObject()
      .Text("master", report.master)
      .Raw("age_seconds", std::to_string(shown.age.count()))
      .Bool("complete", report.space.complete())
      .Bool("fresh", report.space.fresh())
      .Bool("all_namespaces", report.space.all_namespaces())
      .Bool("nodes_known", report.space.nodes_known())
      .Raw("agents", std::to_string(report.space.agents().size()))
      .Done();
}

std::string SchedulerOf(const ports::SchedulerRules& rules) {
  const auto quoted = [](const std::string& role) { return Quoted(role); };
  return JsonObject()
      .Raw("framework_roles", JsonOf(rules.framework_roles, quoted))
      .Raw("default_pod_roles", JsonOf(rules.default_roles, quoted))
      .Bool("host_port_endpoints", rules.wildcard)
      .Done();
}

std::string BandJson(const PortReport& report, const ports::Band& band) {
  return JsonObject()
      .Raw("agents", std::to_string(band.agents))
      .Text("first", report.space.agents()[band.first].name.get())
      .Raw("free", ListOf(band.free))
      .Raw("marks", JsonOf(band.marks,
                           [](const ports::Mark& mark) {
                             return "[" + std::to_string(mark.port) + ",\"" +
                                    std::string(ToString(mark.state)) + "\"]";
                           }))
      .Done();
}

// Writes columns and bands once all bands are made.
class BandSteps {
 public:
  BandSteps(SharedShown shown, std::size_t rows)
      : shown_(std::move(shown)),
        maker_(std::make_shared<ports::BandMaker>(shown_->report->space, shown_->report->roles, rows,
                                                  kMaxColumns)) {}

  bool operator()(std::string& out) {
    if (!array_) {
      if (maker_->Step(kAgentsPerStep)) return true;
      WriteColumns(out);
      array_.emplace(bands().bands.size(),
                     [this](std::size_t index) { return BandJson(*shown_->report, bands().bands[index]); });
      return true;
    }
    return (*array_)(out);
  }

 private:
  const ports::Bands& bands() const { return maker_->bands(); }

  void WriteColumns(std::string& out) const {
    std::vector<std::uint32_t> sums(bands().columns.size());
    for (const ports::Band& band : bands().bands) {
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += band.free[i];
    }
    out += JsonOf(bands().columns, [](const ports::PortSet& set) { return Quoted(ToString(set)); });
    out += ",\"free_by_column\":" + ListOf(sums) + ",\"bands\":";
  }

  const SharedShown shown_;
  const std::shared_ptr<ports::BandMaker> maker_;
  std::optional<JsonArray> array_;
};

std::unique_ptr<PageParts> JsonPageOf(const SharedShown& shown, std::size_t rows) {
  auto parts = std::make_unique<PageParts>();
  const PortReport& report = *shown->report;
  parts->Add("{\"snapshot\":" + SnapshotOf(*shown) + ",\"scheduler\":" + SchedulerOf(shown->rules) +
             ",\"offered\":" + std::to_string(report.offered) + ",\"free\":" + std::to_string(report.free) +
             ",\"columns\":");
  const auto bands = std::make_shared<BandSteps>(shown, rows);
  parts->Add([bands](std::string& out) { return (*bands)(out); });
  const std::size_t told = std::min(shown->findings->size(), PortReport::kMaxListed);
  parts->Add(",\"findings\":");
  parts->Add(JsonArray(told, [shown](std::size_t index) {
    const PortFinding& finding = (*shown->findings)[index];
    return JsonObject().Text("rule", finding.rule).Text("message", finding.text).Done();
  }));
  parts->Add(",\"more\":" + std::to_string(shown->findings->size() - told) + "}\n");
  return parts;
}

std::string HolderOfRun(const PortReport& report, const ports::Run& run) {
  return run.holder == ports::kNobody ? "" : NameOf(report.space.holders()[run.holder]);
}

std::string RunJson(const PortReport& report, const ports::Run& run) {
  return "[" + std::to_string(run.begin) + "," + std::to_string(run.end) + ",\"" +
         std::string(ToString(run.state)) + "\"," + Quoted(HolderOfRun(report, run)) + "]";
}

using SharedRuns = std::shared_ptr<const std::vector<ports::Run>>;

void AddAgentJson(const SharedShown& shown, const ports::Agent& of, const SharedRuns& runs, bool first,
                  PageParts& parts) {
  parts.Add((first ? "[{\"agent\":" : ",{\"agent\":") + Quoted(of.name.get()) + ",\"id\":" + Quoted(of.id) +
            ",\"cells\":");
  parts.Add(JsonArray(runs->size(),
                      [shown, runs](std::size_t index) { return RunJson(*shown->report, (*runs)[index]); }));
  parts.Add("}");
}

void AddAgentTable(const SharedShown& shown, const SharedRuns& runs, PageParts& parts) {
  parts.Add(
      TextTable({"PORTS", "STATE", "HOLDER"}, runs->size(), [shown, runs](std::size_t index) -> TableRow {
        const ports::Run& run = (*runs)[index];
        return {ports::ToString(ports::PortSet::Of({{run.begin, run.end}})), std::string(ToString(run.state)),
                HolderOfRun(*shown->report, run)};
      }));
}

Page AgentPage(const SharedShown& shown, const std::string& name, bool json) {
  auto parts = std::make_unique<PageParts>();
  std::size_t found = 0;
  const ports::PortSpace& space = shown->report->space;
  for (AgentIndex agent = 0; agent < space.agents().size() && found < kMaxAgentsShown; ++agent) {
    if (space.agents()[agent].name.get() != name) continue;
    const auto runs =
        std::make_shared<const std::vector<ports::Run>>(ports::RowOf(space, agent, shown->report->roles));
    if (json) {
      AddAgentJson(shown, space.agents()[agent], runs, found == 0, *parts);
    } else {
      AddAgentTable(shown, runs, *parts);
    }
    ++found;
  }
  if (found == 0) return Plain(404, "Mesos reports no agent " + Printable(name));
  if (json) parts->Add("]\n");
  return {.content_type = json ? Page::kJson : Page::kPlain, .steps = std::move(parts)};
}

std::optional<std::size_t> RowsWanted(const PageRequest& request) {
  const std::string* text = request.Param("rows");
  if (text == nullptr) return kDefaultRows;
  std::size_t rows = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rows);
  if (error != std::errc() || end != text->data() + text->size() || rows < 1 || rows > kMaxRows)
    return std::nullopt;
  return rows;
}

Page PortsPage(const PortWatch& watch, const PageRequest& request) {
  const std::string* format = request.Param("format");
  if (format != nullptr && *format != "json" && *format != "text")
    return Plain(400, "format is text or json, not what was asked for");
  const auto rows = RowsWanted(request);
  if (!rows) return Plain(400, "rows is a number from 1 to 400");
  if (!watch.report()) return Plain(503, "no agents are known yet: ask again in a moment, or see the log");
  const bool json =
      format != nullptr ? *format == "json" : request.accept.find(Page::kJson) != std::string::npos;
  const SharedShown shown = Show(watch);
  if (const std::string* agent = request.Param("agent")) return AgentPage(shown, *agent, json);
  if (json) return {.content_type = Page::kJson, .steps = JsonPageOf(shown, *rows)};
  return {.content_type = Page::kPlain, .steps = TextOf(shown)};
}

}  // namespace

void AddPortPages(const PortWatch& watch, http_server::Router& router) {
  router.AddPaced("/debug/ports", "GET",
                  [&watch](const PageRequest& request) { return PortsPage(watch, request); });
}

void AddNoPortPages(http_server::Router& router) {
  router.Add("/debug/ports", "GET", [](const PageRequest&) {
    return Plain(404, "host ports are not watched: start the controller with -mesos_master");
  });
}

}  // namespace k8sm::controller
