#include "controller/ports_program/report.h"
#include "lib/base/printable.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxText = 4'000;

// Replaces U+FFFE and U+FFFF, which XML does not allow, with U+FFFD.
void ReplaceNoncharacters(std::string& text) {
  for (const std::string_view bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = text.find(bad, at)) != std::string::npos;) text[at + 2] = '\xBD';
  }
}

std::string Escape(const std::string& text) {
  std::string printable = Printable(text, kMaxText);
  ReplaceNoncharacters(printable);
  std::string escaped;
  for (const char c : printable) {
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
    // Named as its findings.
    Finding named;
    named.kind = workload.kind;
    named.ns = workload.ns;
    named.name = workload.name;
    cases.push_back({ObjectOf(named), workload.file, {}});
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
