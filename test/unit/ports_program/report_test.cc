#include "controller/ports_program/report.h"

#include "test/support/catch.h"

#include <rapidjson/document.h>

namespace k8sm::ports_program {
namespace {

// What others wrote stands in names and files.
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

TEST_CASE("nothing that others wrote breaks a format", "[ports_program]") {
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

TEST_CASE("SARIF has the URI of any path", "[ports_program]") {
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
}

TEST_CASE("JUnit holds no character that XML does not allow", "[ports_program]") {
  Report report = Nasty();
  report.result.findings[0].name = "a\xEF\xBF\xBE\xEF\xBF\xBF]]>b";
  const std::string xml = JunitReport(report);
  CHECK(xml.find("a\xEF\xBF\xBD\xEF\xBF\xBD]]&gt;b") != std::string::npos);
  CHECK(xml.find("\xEF\xBF\xBE") == std::string::npos);
}

TEST_CASE("a workload whose name has to be escaped is one case", "[ports_program]") {
  Report report = Nasty();
  const Finding& finding = report.result.findings[0];
  report.result.workloads = {{finding.file, 3, finding.kind, finding.ns, finding.name}};
  CHECK(JunitReport(report).find("tests=\"1\" failures=\"1\"") != std::string::npos);
}

TEST_CASE("a summary takes no markup from names", "[ports_program]") {
  Report report = Nasty();
  report.result.findings[0].name = "[x](http://e)&lt;_";
  CHECK(GithubSummary(report).find(R"(\[x\](http://e)\&lt;\_)") != std::string::npos);
}

TEST_CASE("text for a terminal holds no control characters of others", "[ports_program]") {
  const std::string text = TextReport(Nasty(), false);
  CHECK(CountLines(text) == 2);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("GitHub is told of ten findings of each level, and how many more there are", "[ports_program]") {
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

TEST_CASE("a case fails with warnings and errors, not with notes", "[ports_program]") {
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

}  // namespace
}  // namespace k8sm::ports_program
