#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"

#include <array>
#include <string_view>

namespace k8sm::ports_program {
namespace {

// GitHub shows at most this many annotations of each level per step.
constexpr std::size_t kMaxOfLevel = 10;
constexpr std::size_t kMaxText = 2'000;

std::string EscapeData(const std::string& text) {
  std::string escaped;
  for (const char c : Printable(text, kMaxText)) {
    if (c == '%') {
      escaped += "%25";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string EscapeProperty(const std::string& text) {
  std::string escaped;
  for (const char c : EscapeData(text)) {
    if (c == ':') {
      escaped += "%3A";
    } else if (c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string_view CommandOf(Level level) {
  return level == Level::kNote ? "notice" : ToString(level);
}

std::string Annotation(const Finding& finding) {
  std::string line = "::" + std::string(CommandOf(finding.level)) + " ";
  if (!finding.file.empty())
    line += "file=" + EscapeProperty(finding.file) + ",line=" + std::to_string(finding.line) + ",";
  return line + "title=" + EscapeProperty(finding.rule) +
         "::" + EscapeData(ObjectOf(finding) + ": " + finding.message) + "\n";
}

std::string EscapeCell(const std::string& text) {
  constexpr std::string_view kMarkup = "|\\`<>&*_[]~";
  std::string escaped;
  for (const char c : Printable(text, kMaxText)) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string GithubReport(const Report& report) {
  std::array<std::size_t, 3> told{};
  std::size_t more = 0;
  std::string text;
  for (const Finding& finding : report.result.findings) {
    if (told[static_cast<std::size_t>(finding.level)]++ < kMaxOfLevel) {
      text += Annotation(finding);
    } else {
      ++more;
    }
  }
  if (more > 0) text += "::notice title=k8sm-ports::" + Count(more, "more finding") + "\n";
  return text;
}

std::string GithubSummary(const Report& report) {
  const FindingCounts counts = CountFindings(report.result.findings);
  std::string text = "### Host ports: " + Count(counts.errors, "error") + ", " +
                     Count(counts.warnings, "warning") + ", " + Count(counts.notes, "note") + "\n\n";
  if (report.result.findings.empty()) return text;
  text += "| Place | Level | Object | Rule | What |\n| --- | --- | --- | --- | --- |\n";
  for (const Finding& finding : report.result.findings) {
    text += "| " + EscapeCell(PlaceOf(finding)) + " | " + std::string(ToString(finding.level)) + " | " +
            EscapeCell(ObjectOf(finding)) + " | " + finding.rule + " | " + EscapeCell(finding.message) +
            " |\n";
  }
  return text;
}

}  // namespace k8sm::ports_program
