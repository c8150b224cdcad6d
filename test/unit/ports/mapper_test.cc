// What the k8sm scheduler's own port mapper answered to random offers and pods
// (test/golden/ports/mapper-cases.jsonl).

#include "lib/ports/mapper.h"

#include "lib/ports/judge.h"
#include "test/support/catch.h"
#include "test/support/paths.h"

#include <rapidjson/document.h>

#include <fstream>
#include <string>

namespace k8sm::ports {
namespace {

using rapidjson::Value;

std::vector<std::string> Strings(const Value& list) {
  std::vector<std::string> strings;
  if (list.IsNull()) return strings;
  for (const Value& entry : list.GetArray()) strings.emplace_back(entry.GetString());
  return strings;
}

std::vector<OfferedPorts> OfferOf(const Value& root) {
  std::vector<OfferedPorts> offer;
  for (const Value& resource : root["offer"].GetArray()) {
    OfferedPorts& ports = offer.emplace_back();
    ports.role = resource["role"].GetString();
    for (const Value& range : resource["ranges"].GetArray()) {
      ports.ranges.push_back({static_cast<Port>(range[0].GetUint()), static_cast<Port>(range[1].GetUint())});
    }
  }
  return offer;
}

struct Case {
  PodSpec spec;
  SchedulerRules rules;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // container and port of each declared port
};

Case CaseOf(const Value& root) {
  Case c;
  c.rules.wildcard = root["defaultStrategy"].GetString() == std::string("wildcard");
  c.rules.default_roles = Strings(root["roles"]);
  if (root.HasMember("portMappingLabel")) c.spec.port_mapping = root["portMappingLabel"].GetString();
  const Value& containers = root["containers"];
  for (rapidjson::SizeType i = 0; i < containers.Size(); ++i) {
    if (containers[i].IsNull()) continue;
    for (rapidjson::SizeType j = 0; j < containers[i].Size(); ++j) {
      const Value& port = containers[i][j];
      c.spec.ports.push_back({static_cast<Port>(port["containerPort"].GetUint()),
                              static_cast<Port>(port["hostPort"].GetUint())});
      c.places.emplace_back(i, j);
    }
  }
  return c;
}

std::vector<std::string> ExpectedMapping(const Value& root) {
  std::vector<std::string> mapping;
  if (!root.HasMember("mapping")) return mapping;
  for (const Value& entry : root["mapping"].GetArray()) {
    mapping.push_back(std::to_string(entry["container"].GetUint()) + "." +
                      std::to_string(entry["port"].GetUint()) + " " +
                      std::to_string(entry["hostPort"].GetUint()) + " " + entry["role"].GetString());
  }
  std::sort(mapping.begin(), mapping.end());
  return mapping;
}

std::vector<std::string> MappingText(const Mapping& mapping, const Case& c) {
  std::vector<std::string> text;
  for (const MappedPort& port : mapping.mapped) {
    const auto& [container, index] = c.places[port.declared];
    text.push_back(std::to_string(container) + "." + std::to_string(index) + " " +
                   std::to_string(port.host_port) + " " + port.role);
  }
  std::sort(text.begin(), text.end());
  return text;
}

std::vector<Port> ExpectedUnmet(const Value& root) {
  std::vector<Port> unmet;
  if (!root.HasMember("ports")) return unmet;
  for (const Value& port : root["ports"].GetArray()) unmet.push_back(static_cast<Port>(port.GetUint()));
  return unmet;
}

std::string Text(Mapping::Result result) {
  switch (result) {
    case Mapping::Result::kFits:
      return "fits";
    case Mapping::Result::kDuplicate:
      return "duplicate";
    case Mapping::Result::kNoRoom:
      return "no_room";
  }
  return "";
}

// The offer as an agent of which nothing is used.
PortSpace SpaceOf(const std::vector<OfferedPorts>& offer) {
  Agent agent;
  agent.name = kube::Symbol("a1");
  for (const OfferedPorts& resource : offer)
    agent.offered.emplace_back(resource.role, PortSet::Of(resource.ranges));
  Snapshot snapshot;
  snapshot.agents.push_back(std::move(agent));
  return PortSpace(std::move(snapshot));
}

std::string ResultOf(const Judgement& judgement) {
  if (judgement.verdict == Verdict::kFits) return "fits";
  return judgement.why == Why::kDuplicate ? "duplicate" : "no_room";
}

TEST_CASE("MapPorts and Judge agree with the scheduler's own port mapper", "[ports]") {
  std::ifstream file(GoldenDirectory() / "ports" / "mapper-cases.jsonl");
  std::string line;
  int cases = 0;
  while (std::getline(file, line)) {
    ++cases;
    CAPTURE(line);
    rapidjson::Document root;
    root.Parse(line.c_str());
    REQUIRE_FALSE(root.HasParseError());
    const Case c = CaseOf(root);
    const std::vector<OfferedPorts> offer = OfferOf(root);
    const Mapping mapping = MapPorts(offer, c.spec, c.rules);
    REQUIRE(Text(mapping.result) == root["result"].GetString());
    REQUIRE(MappingText(mapping, c) == ExpectedMapping(root));
    std::vector<Port> unmet = mapping.unmet;
    std::sort(unmet.begin(), unmet.end());
    REQUIRE(unmet == ExpectedUnmet(root));
    REQUIRE(ResultOf(Judge(SpaceOf(offer), DemandOf(c.spec, c.rules))) == root["result"].GetString());
  }
  CHECK(cases == 1000);
}

TEST_CASE("a pod without ports fits an empty offer", "[ports]") {
  CHECK(MapPorts({}, {}, {}).result == Mapping::Result::kFits);
}

TEST_CASE("a wild port takes what the fixed ports leave", "[ports]") {
  PodSpec spec;
  spec.ports = {{80, 0}, {81, 1}};
  const std::vector<OfferedPorts> one{{"*", {{1, 1}}}};
  CHECK(MapPorts(one, spec, {}).result == Mapping::Result::kNoRoom);
  CHECK(MapPorts(one, spec, {}).unmet.empty());
  const std::vector<OfferedPorts> two{{"*", {{1, 2}}}};
  const Mapping mapping = MapPorts(two, spec, {});
  CHECK(mapping.mapped == std::vector<MappedPort>{{0, 2, "*"}, {1, 1, "*"}});
}

}  // namespace
}  // namespace k8sm::ports
