#include "test/unit/ports/space_builder.h"

#include "lib/ports/cells.h"
#include "lib/ports/port_text.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports::test {

PortSet Ports(std::string_view text) {
  std::string ranges = "[";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string range(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ranges += range.find('-') == std::string::npos ? range + "-" + range : range;
    if (!text.empty()) ranges += ",";
  }
  return ParseRanges(ranges + "]").value();
}

Agent MakeAgent(std::string_view name, std::string_view offered, std::string_view used) {
  Agent agent;
  agent.id = std::string(name) + "-id";
  agent.name = kube::Symbol(name);
  agent.offered.emplace_back("*", Ports(offered));
  agent.used = Ports(used);
  return agent;
}

Holder MakeHolder(std::string_view name, std::string_view node, std::vector<Port> ports) {
  Holder holder;
  holder.ns = kube::Symbol("shop");
  holder.name = kube::Symbol(name);
  holder.node = kube::Symbol(node);
  for (const Port port : ports) holder.claims.push_back({.port = port});
  return holder;
}

Demand Wants(std::vector<Port> host_ports, std::vector<std::string> roles) {
  PodSpec spec;
  for (const Port port : host_ports) spec.ports.push_back({80, port});
  SchedulerRules rules;
  rules.default_roles = std::move(roles);
  return DemandOf(spec, rules);
}

std::vector<HolderIndex> IndexesOf(const PortSpace& space, std::initializer_list<std::string_view> names) {
  std::vector<HolderIndex> indexes;
  for (HolderIndex i = 0; i < space.holders().size(); ++i) {
    if (std::find(names.begin(), names.end(), space.holders()[i].name.get()) != names.end())
      indexes.push_back(i);
  }
  return indexes;
}

std::string RowText(const PortSpace& space, std::string_view agent, std::vector<std::string> roles) {
  std::string text;
  for (AgentIndex i = 0; i < space.agents().size(); ++i) {
    if (space.agents()[i].name.get() != agent) continue;
    for (const Run& run : RowOf(space, i, roles)) {
      text += text.empty() ? "" : ", ";
      text += ToString(PortSet::Of({{run.begin, run.end}})) + " " + std::string(ToString(run.state));
    }
  }
  return text;
}

}  // namespace k8sm::ports::test
