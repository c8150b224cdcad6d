#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/printable.h"

namespace k8sm::ports_program {
namespace {

std::string HeadroomJson(const ports::Headroom& headroom) {
  return headroom.unlimited ? "null" : std::to_string(headroom.pods);
}

std::string PlanJson(const ports::Plan& plan) {
  return "{\"ceiling\":" + HeadroomJson(plan.ceiling) + ",\"capacity\":" + HeadroomJson(plan.capacity) +
         ",\"spare\":" + HeadroomJson(plan.spare) + "}";
}

std::string FindingJson(const Finding& finding, bool known) {
  std::string json =
      "{\"rule\":" + JsonText(finding.rule) + ",\"level\":" + JsonText(ToString(finding.level));
  if (!finding.file.empty())
    json += ",\"file\":" + JsonText(finding.file) + ",\"line\":" + std::to_string(finding.line);
  json += ",\"kind\":" + JsonText(finding.kind);
  if (!finding.ns.empty()) json += ",\"namespace\":" + JsonText(finding.ns);
  json += ",\"name\":" + JsonText(finding.name) + ",\"ports\":" + PortsJson(finding.ports) +
          ",\"message\":" + JsonText(finding.message) + ",\"suggestion\":" + PortsJson(finding.suggestion);
  if (known && finding.plan) json += ",\"headroom\":" + PlanJson(*finding.plan);
  return json + "}";
}

}  // namespace

std::string PortsJson(const std::vector<ports::Port>& ports) {
  std::string json = "[";
  for (const ports::Port port : ports) json += (json.size() > 1 ? "," : "") + std::to_string(port);
  return json + "]";
}

std::string SnapshotJson(const State* state) {
  if (state == nullptr) return "null";
  return "{\"master\":" + JsonText(state->source) +
         ",\"age_seconds\":" + (state->age_seconds ? std::to_string(*state->age_seconds) : "null") +
         ",\"complete\":" + (state->space.known() ? "true" : "false") +
         ",\"agents\":" + std::to_string(state->space.agents().size()) + "}";
}

std::string JsonReport(const Report& report) {
  std::string json = "{\"version\":1,\"snapshot\":" + SnapshotJson(report.state) + ",\"findings\":[";
  const char* separator = "\n";
  for (const Finding& finding : report.result.findings) {
    json += separator + FindingJson(finding, report.state != nullptr);
    separator = ",\n";
  }
  if (!report.result.findings.empty()) json += "\n";
  return json + "],\"workloads\":" + std::to_string(report.result.workloads.size()) + "}\n";
}

}  // namespace k8sm::ports_program
