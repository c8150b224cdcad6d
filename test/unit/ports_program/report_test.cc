#include "controller/ports_program/report.h"

#include "controller/ports_program/state.h"
#include "test/support/catch.h"

#include <rapidjson/document.h>

#include <string>
#include <utility>

namespace k8sm::ports_program {
namespace {

// A report whose names, file and message contain special characters of every format.
Report Nasty() {
  Report report;
  Finding finding;
  finding.rule = "port-taken";
  finding.level = Level::kWarning;
  finding.file = "a,b:c%d <\"&>.yaml";
  finding.line = 3;
  finding.kind = "Pod";
  finding.ns = "n";
  finding.name = "x|y\n::error::z\x1b[31m";
  finding.message = "a <b> & \"c\"\r\nd%";
  report.result.findings.push_back(finding);
  return report;
}

std::size_t CountLines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("no format is broken by the content of names and messages", "[ports_program]") {
  const Report report = Nasty();
  for (const std::string& json : {JsonReport(report), SarifReport(report)}) {
    rapidjson::Document document;
    document.Parse(json.c_str());
    CHECK_FALSE(document.HasParseError());
  }
  CHECK(CountLines(GithubReport(report)) == 1);
  CHECK(
      GithubReport(report).starts_with("::warning file=a%2Cb%3Ac%25d <\"&>.yaml,line=3,title=port-taken::"));
  const std::string xml = JunitReport(report);
  CHECK(xml.find("<b>") == std::string::npos);
  CHECK(xml.find("a &lt;b&gt; &amp; &quot;c&quot;") != std::string::npos);
  CHECK(xml.find('\x1b') == std::string::npos);
  CHECK(GithubSummary(report).find("x\\|y") != std::string::npos);
}

TEST_CASE("SARIF has a valid URI for any path", "[ports_program]") {
  Report report = Nasty();
  const auto uri_of = [&](const std::string& file) {
    report.result.findings[0].file = file;
    const std::string json = SarifReport(report);
    const std::size_t begin = json.find("\"uri\":\"") + 7;
    return json.substr(begin, json.find('"', begin) - begin);
  };
  CHECK(uri_of("./a/b-1_~.yaml") == "a/b-1_~.yaml");
  CHECK(uri_of("/srv/a b.yaml") == "file:///srv/a%20b.yaml");
  CHECK(uri_of("a:b.yaml") == "a%3Ab.yaml");
  CHECK(uri_of("a\\[x]%{y}|^`<z>\"?#.yaml") == "a%5C%5Bx%5D%25%7By%7D%7C%5E%60%3Cz%3E%22%3F%23.yaml");
  CHECK(uri_of("\xE6\x97\xA5") == "%E6%97%A5");
  CHECK(uri_of("-") == "stdin");
  CHECK(uri_of("AZaz09") == "AZaz09");
}

TEST_CASE("JUnit contains no character that XML does not allow", "[ports_program]") {
  Report report = Nasty();
  report.result.findings[0].name = "a\xEF\xBF\xBE\xEF\xBF\xBF]]>b";
  const std::string xml = JunitReport(report);
  CHECK(xml.find("a\xEF\xBF\xBD\xEF\xBF\xBD]]&gt;b") != std::string::npos);
  CHECK(xml.find("\xEF\xBF\xBE") == std::string::npos);
}

TEST_CASE("a workload whose name has to be escaped is one JUnit test case", "[ports_program]") {
  Report report = Nasty();
  const Finding& finding = report.result.findings[0];
  report.result.workloads = {{finding.file, 3, finding.kind, finding.ns, finding.name}};
  CHECK(JunitReport(report).find("tests=\"1\" failures=\"1\"") != std::string::npos);
}

TEST_CASE("markup in names is escaped in the summary for GitHub", "[ports_program]") {
  Report report = Nasty();
  report.result.findings[0].name = "[x](http://e)&lt;_";
  CHECK(GithubSummary(report).find(R"(\[x\](http://e)\&lt;\_)") != std::string::npos);
}

TEST_CASE("text for a terminal contains no control characters from names and messages", "[ports_program]") {
  const std::string text = TextReport(Nasty(), false);
  CHECK(CountLines(text) == 2);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("GitHub gets at most ten annotations of each level, and one that counts the remaining findings",
          "[ports_program]") {
  Report report;
  for (int i = 0; i < 25; ++i) {
    Finding finding;
    finding.rule = "port-taken";
    finding.level = i < 12 ? Level::kError : i < 20 ? Level::kWarning : Level::kNote;
    finding.message = "m";
    report.result.findings.push_back(finding);
  }
  const std::string text = GithubReport(report);
  CHECK(CountLines(text) == 10 + 8 + 5 + 1);
  CHECK(text.ends_with("::notice title=k8sm-ports::2 more findings\n"));
}

TEST_CASE("a JUnit test case fails with warnings and errors, not with notes", "[ports_program]") {
  Report report;
  report.result.workloads = {{"a.yaml", 1, "Pod", "n", "a"}, {"a.yaml", 9, "Pod", "n", "b"}};
  Finding finding;
  finding.rule = "port-no-spare";
  finding.level = Level::kNote;
  finding.file = "a.yaml";
  finding.kind = "Pod";
  finding.ns = "n";
  finding.name = "b";
  report.result.findings = {finding};
  CHECK(JunitReport(report).find("tests=\"2\" failures=\"0\"") != std::string::npos);
  report.result.findings[0].level = Level::kWarning;
  CHECK(JunitReport(report).find("tests=\"2\" failures=\"1\"") != std::string::npos);
}

Finding MakeFinding(Level level, const std::string& name, const std::string& rule = "port-taken") {
  Finding finding;
  finding.rule = rule;
  finding.level = level;
  finding.file = "a.yaml";
  finding.line = 7;
  finding.kind = "Pod";
  finding.ns = "n";
  finding.name = name;
  finding.message = "m";
  return finding;
}

TEST_CASE("the last line of a text report says how much was checked, found and not checked",
          "[ports_program]") {
  const State known = MakeState({}, {}, true, "m1:5050");
  Report report;
  report.result.workloads = {{"a.yaml", 1, "Pod", "n", "a"}, {"a.yaml", 9, "Pod", "n", "b"}};
  report.result.files = 1;
  CHECK(TextReport(report, false) ==
        "2 workloads with host ports in 1 file: nothing found. Not checked: agents, whose state is not "
        "known.\n");
  report.result.unknown = true;
  CHECK(TextReport(report, false) ==
        "2 workloads with host ports in 1 file: nothing found. Not checked: agents, whose state is not "
        "known.\n");
  report.state = &known;
  CHECK(TextReport(report, false) ==
        "2 workloads with host ports in 1 file: nothing found in what is known. Not checked: cpu, memory.\n");
  report.result.unknown = false;
  report.live = true;
  CHECK(TextReport(report, false) == "2 pods with host ports: nothing found. Not checked: cpu, memory.\n");
  report.result.findings = {MakeFinding(Level::kNote, "a")};
  CHECK(TextReport(report, false) ==
        "a.yaml:7  note  Pod n/a  port-taken  m\n"
        "2 pods with host ports: 0 errors, 0 warnings, 1 note. Not checked: cpu, memory.\n");
  report.result.findings = {MakeFinding(Level::kWarning, "a")};
  CHECK(TextReport(report, true) ==
        "a.yaml:7  \x1b[33mwarning\x1b[0m  Pod n/a  port-taken  m\n"
        "2 pods with host ports: 0 errors, 1 warning. Not checked: cpu, memory.\n");
}

TEST_CASE("port-no-spare is left out where the rollout of the same workload is stuck", "[ports_program]") {
  Report report;
  const Finding spare = MakeFinding(Level::kNote, "a", "port-no-spare");
  Finding stuck = MakeFinding(Level::kWarning, "a", "port-rollout-stuck");
  const auto lines = [&] {
    report.result.findings = {spare, stuck};
    return CountLines(TextReport(report, false));
  };
  CHECK(lines() == 1 + 1);
  for (std::string Finding::*part :
       {&Finding::rule, &Finding::file, &Finding::kind, &Finding::ns, &Finding::name}) {
    const std::string before = std::exchange(stuck.*part, "other");
    CHECK(lines() == 2 + 1);
    stuck.*part = before;
  }
}

TEST_CASE("findings of one rule are limited to 30 for live objects, and not limited for files",
          "[ports_program]") {
  Report report;
  for (int i = 0; i < 31; ++i) {
    const std::string name = std::to_string(i);
    report.result.findings.push_back(MakeFinding(Level::kError, name));
    report.result.findings.push_back(MakeFinding(Level::kNote, name, "port-no-spare"));
    if (i < 30) report.result.findings.push_back(MakeFinding(Level::kError, name, "port-clash"));
  }
  CHECK(CountLines(TextReport(report, false)) == 92 + 1);
  report.live = true;
  const std::string text = TextReport(report, false);
  CHECK(CountLines(text) == 90 + 2);
  CHECK(text.find("\nand 1 more of port-no-spare, 1 more of port-taken; -all shows them\n") !=
        std::string::npos);
  report.all = true;
  CHECK(CountLines(TextReport(report, false)) == 92 + 1);
}

TEST_CASE(
    "one remaining finding is counted in the singular, and the annotation of a live object names no file",
    "[ports_program]") {
  Report report;
  for (int i = 0; i < 11; ++i) report.result.findings.push_back(MakeFinding(Level::kError, "a"));
  CHECK(GithubReport(report).ends_with("::notice title=k8sm-ports::1 more finding\n"));
  report.result.findings = {MakeFinding(Level::kNote, "a")};
  report.result.findings[0].file.clear();
  CHECK(GithubReport(report) == "::notice title=port-taken::Pod n/a: m\n");
}

TEST_CASE("the summary has a table only if something was found", "[ports_program]") {
  Report report;
  CHECK(GithubSummary(report) == "### Host ports: 0 errors, 0 warnings, 0 notes\n\n");
  report.result.findings = {MakeFinding(Level::kError, "a"), MakeFinding(Level::kNote, "b", "port-clash")};
  CHECK(GithubSummary(report) ==
        "### Host ports: 1 error, 0 warnings, 1 note\n\n"
        "| Place | Level | Object | Rule | What |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| a.yaml:7 | error | Pod n/a | port-taken | m |\n"
        "| a.yaml:7 | note | Pod n/b | port-clash | m |\n");
}

TEST_CASE("a JUnit test case is one object in one file", "[ports_program]") {
  Report report;
  report.result.workloads = {{"a.yaml", 1, "Pod", "n", "a"}, {"b.yaml", 1, "Pod", "n", "a"}};
  Finding live = MakeFinding(Level::kError, "c");
  live.file.clear();
  report.result.findings = {MakeFinding(Level::kError, "a"), live};
  report.result.findings[0].file = "b.yaml";
  const std::string xml = JunitReport(report);
  CHECK(xml.find("tests=\"3\" failures=\"2\"") != std::string::npos);
  CHECK(xml.find("<testcase name=\"Pod n/a\" classname=\"a.yaml\">\n  </testcase>") != std::string::npos);
  CHECK(xml.find("<testcase name=\"Pod n/a\" classname=\"b.yaml\">\n    <failure") != std::string::npos);
  CHECK(xml.find("<testcase name=\"Pod n/c\" classname=\"live\">\n    <failure") != std::string::npos);
}

}  // namespace
}  // namespace k8sm::ports_program
