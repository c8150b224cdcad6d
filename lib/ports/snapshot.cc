#include "lib/ports/snapshot.h"

#include <algorithm>

namespace k8sm::ports {
namespace {

bool IsBefore(const Agent& a, const Agent& b) {
  const auto by_name = a.name <=> b.name;
  return by_name == 0 ? a.id < b.id : by_name < 0;
}

}  // namespace

std::string NameOf(const Holder& holder) {
  return holder.ns + "/" + holder.name;
}

SharedSnapshot Share(Snapshot snapshot) {
  SharedSnapshot shared{.agents = ShareAgents(std::move(snapshot.agents)),
                        .holders = {},
                        .node_ports = std::move(snapshot.node_ports),
                        .complete = snapshot.complete,
                        .fresh = snapshot.fresh,
                        .all_namespaces = snapshot.all_namespaces};
  shared.holders.reserve(snapshot.holders.size());
  for (Holder& holder : snapshot.holders)
    shared.holders.push_back(std::make_shared<const Holder>(std::move(holder)));
  return shared;
}

std::vector<SharedAgent> ShareAgents(std::vector<Agent> agents, std::span<const SharedAgent> before) {
  std::sort(agents.begin(), agents.end(), IsBefore);
  std::vector<SharedAgent> shared;
  shared.reserve(agents.size());
  auto known = before.begin();
  for (Agent& agent : agents) {
    while (known != before.end() && IsBefore(**known, agent)) ++known;
    const bool is_same = known != before.end() && **known == agent;
    shared.push_back(is_same ? *known : std::make_shared<const Agent>(std::move(agent)));
  }
  return shared;
}

}  // namespace k8sm::ports
