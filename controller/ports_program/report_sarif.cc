#include "controller/ports_program/json_text.h"
#include "controller/ports_program/report.h"
#include "lib/base/printable.h"
#include "lib/base/version.h"

#include <algorithm>
#include <string_view>

namespace k8sm::ports_program {
namespace {

std::string RulesJson() {
  std::string json;
  for (const Rule& rule : Rules()) {
    json += json.empty() ? "" : ",";
    json += "\n{\"id\":" + JsonText(rule.id) +
            ",\"shortDescription\":{\"text\":" + JsonText(rule.description) +
            "},\"help\":{\"text\":" + JsonText(rule.help) + "}}";
  }
  return "[" + json + "]";
}

bool IsPlainInUri(char c) {
  // Not ":", because a path that begins with "name:" would be taken for another scheme.
  constexpr std::string_view kMarks = "/-._~!$&'()*+,;=@";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

// Returns a relative URI, which GitHub resolves against the repository, or that of an absolute path.
std::string Uri(std::string_view path) {
  if (path == "-") return "stdin";
  while (path.starts_with("./")) path.remove_prefix(2);
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (IsPlainInUri(c)) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

// A fingerprint that does not depend on line numbers.
std::string Fingerprint(const Finding& finding) {
  std::string text = finding.kind + "/" + finding.ns + "/" + finding.name + ":";
  for (std::size_t i = 0; i < finding.ports.size(); ++i) {
    text += (i > 0 ? "," : "") + std::to_string(finding.ports[i]);
  }
  return text;
}

std::string ResultJson(const Finding& finding) {
  std::string json = "{\"ruleId\":" + JsonText(finding.rule) +
                     ",\"level\":" + JsonText(ToString(finding.level)) +
                     ",\"message\":{\"text\":" + JsonText(ObjectOf(finding) + ": " + finding.message) + "}";
  if (!finding.file.empty()) {
    json += ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":" +
            JsonText(Uri(finding.file)) +
            "},\"region\":{\"startLine\":" + std::to_string(std::max<std::size_t>(finding.line, 1)) + "}}}]";
  }
  return json + ",\"partialFingerprints\":{\"workload/v1\":" + JsonText(Fingerprint(finding)) + "}}";
}

}  // namespace

std::string SarifReport(const Report& report) {
  std::string json =
      "{\"$schema\":\"https://json.schemastore.org/"
      "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
      "{\"driver\":{\"name\":\"k8sm-ports\",\"version\":" +
      JsonText(kVersion) + ",\"rules\":" + RulesJson() + "}},\"results\":[";
  const char* separator = "\n";
  for (const Finding& finding : report.result.findings) {
    json += separator + ResultJson(finding);
    separator = ",\n";
  }
  return json + "]}]}\n";
}

}  // namespace k8sm::ports_program
