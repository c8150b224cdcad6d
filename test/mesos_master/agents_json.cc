#include "test/mesos_master/agents_json.h"

#include "lib/ports/port_text.h"

#include <sstream>
#include <utility>

namespace k8sm::mock_master {
namespace {

// Mesos' form: "[31000-31004, 31006-31006]".
std::string Ranges(const ports::PortSet& set) {
  std::string text = "[";
  for (const ports::Range& range : set.ranges()) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(range.begin) + "-" + std::to_string(range.end);
  }
  return text + "]";
}

// The key `ports` is absent if there are none.
std::string Resources(double cpus, const ports::PortSet& ports) {
  std::ostringstream json;
  json << R"({"cpus":)" << cpus << R"(,"mem":63487.0,"disk":405321.0)";
  if (!ports.empty()) json << R"(,"ports":")" << Ranges(ports) << '"';
  json << '}';
  return json.str();
}

ports::PortSet AllOf(const MockAgent& agent) {
  ports::PortSet all;
  for (const auto& [role, ports] : agent.offered) all = all | ports;
  return all;
}

ports::PortSet Of(const MockAgent& agent, const std::string& role) {
  const auto found = agent.offered.find(role);
  return found == agent.offered.end() ? ports::PortSet() : found->second;
}

std::string Reserved(const MockAgent& agent) {
  std::string json = "{";
  for (const auto& [role, ports] : agent.offered) {
    if (role == "*") continue;
    json += (json.size() > 1 ? ",\"" : "\"") + role + "\":" + Resources(0, ports);
  }
  return json + "}";
}

std::string AgentJson(Version version, const MockAgent& agent, std::size_t number) {
  // 0.22 shows the ports of one role only.
  const ports::PortSet shown =
      version == Version::k0_22 && !agent.offered.empty() ? agent.offered.rbegin()->second : AllOf(agent);
  std::string json = R"({"id":"5f3c1d2e-7a90-4c1b-9a55-0b8d2f6e1c44-S)" + std::to_string(number) +
                     R"(","pid":"slave(1)@10.0.0.)" + std::to_string(number + 11) + R"(:5051","hostname":")" +
                     agent.hostname +
                     R"(","registered_time":1764259200.51234,"attributes":{},"active":true,"resources":)" +
                     Resources(16, shown);
  if (version != Version::k0_22) {
    json += R"(,"used_resources":)" + Resources(2, agent.used) + R"(,"offered_resources":)" +
            Resources(0, {}) + R"(,"reserved_resources":)" + Reserved(agent) + R"(,"unreserved_resources":)" +
            Resources(16, Of(agent, "*")) + R"(,"version":")" +
            (version == Version::k0_28 ? "0.28.3" : "1.11.0") + "\"";
  }
  if (version == Version::k1_11) json += R"(,"port":5051,"deactivated":false,"capabilities":["MULTI_ROLE"])";
  return json + "}";
}

}  // namespace

Result<Version> ParseVersion(std::string_view text) {
  if (text == "0.22") return Version::k0_22;
  if (text == "0.28") return Version::k0_28;
  if (text == "1.11") return Version::k1_11;
  return Error{.code = Errc::kInvalidConfig, .message = "a version is 0.22, 0.28 or 1.11"};
}

Result<std::vector<MockAgent>> ParseAgents(std::string_view text) {
  std::vector<MockAgent> agents;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    MockAgent agent;
    std::string resources;
    std::string used;
    if (!(words >> agent.hostname) || agent.hostname.starts_with('#')) continue;
    words >> resources;
    std::getline(words >> std::ws, used);
    auto offered = ports::ParseResources(resources);
    auto taken = ports::ParseRanges(used.empty() ? "[]" : used);
    if (!offered || !taken) {
      const std::string why = offered ? taken.error().message : offered.error().message;
      return Error{.code = Errc::kInvalidConfig, .message = "line " + std::to_string(number) + ": " + why};
    }
    agent.offered = *std::move(offered);
    agent.used = *std::move(taken);
    agents.push_back(std::move(agent));
  }
  return agents;
}

std::string AgentsJson(Version version, const std::vector<MockAgent>& agents, std::size_t recovered) {
  std::string json = R"({"slaves":[)";
  for (std::size_t i = 0; i < agents.size(); ++i)
    json += (i > 0 ? "," : "") + AgentJson(version, agents[i], i);
  json += "]";
  if (version == Version::k1_11) {
    json += R"(,"recovered_slaves":[)";
    for (std::size_t i = 0; i < recovered; ++i)
      json += (i > 0 ? ",{\"id\":\"S" : "{\"id\":\"S") + std::to_string(1000 + i) + "\"}";
    json += "]";
  }
  return json + "}";
}

}  // namespace k8sm::mock_master
