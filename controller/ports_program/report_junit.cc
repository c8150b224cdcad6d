#include "controller/ports_program/report.h"
#include "lib/base/printable.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxText = 4'000;

std::string Escape(const std::string& text) {
  std::string escaped;
  for (const char c : Printable(text, kMaxText)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// Findings below a warning are output, not failures.
std::string FindingXml(const Finding& finding) {
  const std::string text = Escape(PlaceOf(finding) + ": " + finding.message);
  if (finding.level == Level::kNote)
    return "    <system-out>" + Escape(finding.rule) + ": " + text + "</system-out>\n";
  return "    <failure type=\"" + Escape(finding.rule) + "\" message=\"" + Escape(finding.message) + "\">" +
         text + "</failure>\n";
}

struct Case {
  std::string name;
  std::string place;
  std::vector<const Finding*> findings;
};

// One test case per workload, and one per other object with findings.
std::vector<Case> CasesOf(const Report& report) {
  std::vector<Case> cases;
  for (const WorkloadName& workload : report.result.workloads) {
    cases.push_back({workload.kind + " " + workload.ns + "/" + workload.name, workload.file, {}});
  }
  for (const Finding& finding : report.result.findings) {
    const std::string name = ObjectOf(finding);
    auto found = std::find_if(cases.begin(), cases.end(),
                              [&](const Case& one) { return one.name == name && one.place == finding.file; });
    if (found == cases.end()) found = cases.insert(cases.end(), {name, finding.file, {}});
    found->findings.push_back(&finding);
  }
  return cases;
}

}  // namespace

std::string JunitReport(const Report& report) {
  const std::vector<Case> cases = CasesOf(report);
  std::size_t failures = 0;
  std::string body;
  for (const Case& one : cases) {
    body += "  <testcase name=\"" + Escape(one.name) + "\" classname=\"" +
            Escape(one.place.empty() ? "live" : one.place) + "\">\n";
    bool failed = false;
    for (const Finding* finding : one.findings) {
      failed = failed || finding->level != Level::kNote;
      body += FindingXml(*finding);
    }
    failures += failed ? 1 : 0;
    body += "  </testcase>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"k8sm-ports\" tests=\"" +
         std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failures) + "\">\n" + body +
         "</testsuite>\n";
}

}  // namespace k8sm::ports_program
