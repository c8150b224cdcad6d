#include "controller/ops/health_checks.h"

#include "lib/base/printable.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace k8sm::controller {
namespace {

std::string ExcludeWarning(const std::set<std::string>& unknown) {
  std::string line = "warn: some health checks cannot be excluded: no matches for ";
  for (const std::string& name : unknown) line.append(Quoted(name)).append(",");
  line.back() = '\n';
  return line;
}

}  // namespace

std::string_view ToString(HealthEndpoint endpoint) {
  switch (endpoint) {
    case HealthEndpoint::kHealthz:
      return "healthz";
    case HealthEndpoint::kLivez:
      return "livez";
    case HealthEndpoint::kReadyz:
      return "readyz";
  }
  return "unknown";
}

HealthChecks::HealthChecks() {
  for (auto& entries : entries_) entries.push_back({.check = {"ping", [] { return std::nullopt; }}});
}

void HealthChecks::Add(HealthEndpoint endpoint, HealthCheck check) {
  EntriesOf(endpoint).push_back({.check = std::move(check)});
}

HealthAnswer HealthChecks::Answer(HealthEndpoint endpoint, const HealthQuery& query) {
  HealthAnswer answer;
  std::set<std::string> unknown = query.exclude;
  for (Entry& entry : EntriesOf(endpoint)) {
    const std::string& name = entry.check.name;
    if (query.exclude.contains(name)) {
      unknown.erase(name);
      answer.body += "[+]" + name + " excluded: ok\n";
    } else if (const auto failure = Ask(endpoint, entry, answer.changes)) {
      answer.body += "[-]" + name + " failed: " + *failure + "\n";
      answer.well = false;
    } else {
      answer.body += "[+]" + name + " ok\n";
    }
  }
  if (!unknown.empty()) answer.body += ExcludeWarning(unknown);
  answer.body.append(ToString(endpoint)).append(answer.well ? " check passed\n" : " check failed\n");
  if (answer.well && !query.verbose) answer.body = "ok";
  return answer;
}

std::optional<HealthAnswer> HealthChecks::AnswerOne(HealthEndpoint endpoint, std::string_view name) {
  std::vector<Entry>& entries = EntriesOf(endpoint);
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& candidate) { return candidate.check.name == name; });
  if (entry == entries.end()) return std::nullopt;
  HealthAnswer answer;
  const auto failure = Ask(endpoint, *entry, answer.changes);
  answer.well = !failure.has_value();
  answer.body = answer.well ? "ok" : "internal server error: " + *failure + "\n";
  return answer;
}

// Appends to `changes` if the result differs from that of the last run.
std::optional<std::string> HealthChecks::Ask(HealthEndpoint endpoint, Entry& entry,
                                             std::vector<HealthChange>& changes) {
  std::optional<std::string> failure = entry.check.failure();
  const bool well = !failure.has_value();
  ++(well ? entry.successes : entry.errors);
  if (well != entry.well) {
    const std::string check = std::string(ToString(endpoint)) + " check " + entry.check.name;
    changes.push_back({well, well ? check + " passes again" : check + " fails: " + *failure});
    entry.well = well;
  }
  if (failure && !entry.check.shows_reason) failure = "reason withheld";
  return failure;
}

std::vector<HealthRecord> HealthChecks::Records() const {
  std::vector<HealthRecord> records;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    for (const Entry& entry : entries_[i]) {
      records.push_back(
          {static_cast<HealthEndpoint>(i), entry.check.name, entry.well, entry.successes, entry.errors});
    }
  }
  return records;
}

std::vector<HealthChecks::Entry>& HealthChecks::EntriesOf(HealthEndpoint endpoint) {
  return entries_[static_cast<std::size_t>(endpoint)];
}

}  // namespace k8sm::controller
