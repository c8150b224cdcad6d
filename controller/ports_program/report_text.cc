#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"

#include <algorithm>
#include <array>
#include <map>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxOfRule = 30;  // of live objects

bool IsImplied(const Finding& finding, const std::vector<Finding>& all) {
  if (finding.rule != "port-no-spare") return false;
  return std::any_of(all.begin(), all.end(), [&](const Finding& other) {
    return other.rule == "port-rollout-stuck" && other.file == finding.file && other.kind == finding.kind &&
           other.ns == finding.ns && other.name == finding.name;
  });
}

std::string Coloured(Level level, const std::string& text) {
  constexpr const char* kCodes[] = {"\x1b[31m", "\x1b[33m", "\x1b[36m"};
  return kCodes[static_cast<std::size_t>(level)] + text + "\x1b[0m";
}

std::string Padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string Summary(const Report& report, const std::vector<Finding>& shown) {
  const FindingCounts counts = CountFindings(shown);
  std::string text;
  if (report.live) {
    text = Count(report.result.workloads.size(), "pod") + " with host ports: ";
  } else {
    text = Count(report.result.workloads.size(), "workload") + " with host ports in " +
           Count(report.result.files, "file") + ": ";
  }
  if (counts.errors + counts.warnings + counts.notes == 0) {
    text +=
        report.state != nullptr && report.result.unknown ? "nothing found in what is known" : "nothing found";
  } else {
    text += Count(counts.errors, "error") + ", " + Count(counts.warnings, "warning");
    if (counts.notes > 0) text += ", " + Count(counts.notes, "note");
  }
  text += ".";
  if (report.state == nullptr) return text + " Not checked: agents, whose state is not known.\n";
  return text + " Not checked: cpu, memory.\n";
}

// Takes those out that are too many of a rule, and returns a line that counts them.
std::string Shorten(std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> seen;
  std::erase_if(findings, [&](const Finding& finding) { return ++seen[finding.rule] > kMaxOfRule; });
  std::string text;
  for (const auto& [rule, count] : seen) {
    if (count > kMaxOfRule)
      text += (text.empty() ? "and " : ", ") + std::to_string(count - kMaxOfRule) + " more of " + rule;
  }
  return text.empty() ? "" : text + "; -all shows them\n";
}

}  // namespace

std::string TextReport(const Report& report, bool colours) {
  std::vector<Finding> shown;
  for (const Finding& finding : report.result.findings) {
    if (!IsImplied(finding, report.result.findings)) shown.push_back(finding);
  }
  const std::string summary = Summary(report, shown);
  const std::string more = report.live && !report.all ? Shorten(shown) : "";
  std::array<std::size_t, 4> widths{};
  for (const Finding& finding : shown) {
    widths[0] = std::max(widths[0], PlaceOf(finding).size());
    widths[1] = std::max(widths[1], ToString(finding.level).size());
    widths[2] = std::max(widths[2], ObjectOf(finding).size());
    widths[3] = std::max(widths[3], finding.rule.size());
  }
  std::string text;
  for (const Finding& finding : shown) {
    const std::string level = Padded(std::string(ToString(finding.level)), widths[1]);
    text += Padded(PlaceOf(finding), widths[0]) + "  " + (colours ? Coloured(finding.level, level) : level) +
            "  " + Padded(ObjectOf(finding), widths[2]) + "  " + Padded(finding.rule, widths[3]) + "  " +
            Printable(finding.message, kMaxLine) + "\n";
  }
  return text + more + summary;
}

}  // namespace k8sm::ports_program
