#include "controller/ports_program/state.h"

#include "controller/ports_program/cluster_json.h"
#include "lib/base/count.h"
#include "lib/base/read_file.h"
#include "lib/mesos/agents_decoder.h"
#include "lib/mesos/role_knowledge.h"

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <utility>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxFile = 512 << 20;
constexpr std::size_t kSniffed = 4096;
// Of a page, the pods that follow would be missing, and their ports would be called free.
constexpr const char* kOnePage =
    "one page of a list that goes on (it has metadata.continue): save the whole list, as `kubectl get pods "
    "--all-namespaces --output json` prints it";

Error InFile(const std::string& path, const std::string& message) {
  return {.code = Errc::kInvalidConfig, .message = (path == "-" ? "standard input" : path) + ": " + message};
}

// Returns the kind of the items of a list whose items do not have one, as in responses of the API server.
std::string SniffItemKind(std::string_view text) {
  const std::string_view head = text.substr(0, kSniffed);
  for (const char* kind : {"Pod", "Service", "Node"}) {
    if (head.find("\"" + std::string(kind) + "List\"") != std::string_view::npos) return kind;
  }
  return "";
}

void UseNodeLabels(const Cluster& cluster, std::vector<ports::Agent>& agents) {
  if (!cluster.node_labels) return;
  for (ports::Agent& agent : agents) {
    const auto node = cluster.node_labels->find(agent.name.get());
    const bool has_node = node != cluster.node_labels->end();
    agent.labels_from = has_node ? ports::LabelSource::kNode : ports::LabelSource::kNoNode;
    if (has_node) agent.labels = node->second;
  }
}

// What live workloads have as their own. A port that the scheduler picked is not among them.
ports::PortSet DeclaredPorts(const Cluster& cluster) {
  std::vector<ports::Port> declared;
  for (const ClusterPod& pod : cluster.pods) {
    if (pod.ended) continue;
    for (const ports::DeclaredPort& port : pod.spec.ports) {
      const ports::Port number =
          port.host_port == 0 && pod.spec.host_network ? port.container_port : port.host_port;
      if (number != 0) declared.push_back(number);
    }
  }
  return ports::PortSet::OfPorts(std::move(declared));
}

}  // namespace

Result<std::string> ReadText(const std::string& path) {
  auto text = ReadToEnd(path == "-" ? stdin : std::fopen(path.c_str(), "rb"), kMaxFile);
  if (!text) return InFile(path, text.error().message);
  return text;
}

State MakeState(mesos::AgentList agents, Cluster cluster, bool complete, std::string source) {
  ports::Snapshot snapshot;
  // Every source has its own order; what is said must not depend on it.
  std::ranges::sort(cluster.pods, {},
                    [](const ClusterPod& pod) { return std::tie(pod.holder.ns, pod.holder.name); });
  UseNodeLabels(cluster, agents.agents);
  std::vector<std::string> warnings = std::move(agents.errors);
  if (agents.unreadable > warnings.size())
    warnings.push_back("and " + Count(agents.unreadable - warnings.size(), "more agent"));
  if (agents.recovered.value_or(0) > 0)
    warnings.push_back(Count(*agents.recovered, "agent") + (*agents.recovered == 1 ? " has" : " have") +
                       " not registered again since a failover");
  snapshot.agents = std::move(agents.agents);
  std::vector<std::optional<ports::HolderIndex>> holder_of;
  for (const ClusterPod& pod : cluster.pods) {
    if (pod.bound() && !pod.ended) {
      holder_of.emplace_back(static_cast<ports::HolderIndex>(snapshot.holders.size()));
      snapshot.holders.push_back(pod.holder);
    } else {
      holder_of.emplace_back();
    }
  }
  std::vector<ports::Port> node_ports;
  for (const auto& [port, service] : cluster.node_ports) node_ports.push_back(port);
  snapshot.node_ports = ports::PortSet::OfPorts(std::move(node_ports));
  snapshot.complete = complete;
  snapshot.fresh = cluster.fresh;
  snapshot.all_namespaces = cluster.all_namespaces;
  ports::PortSet declared = DeclaredPorts(cluster);
  return {.space = ports::PortSpace(std::move(snapshot)),
          .cluster = std::move(cluster),
          .holder_of = std::move(holder_of),
          .declared = std::move(declared),
          .source = std::move(source),
          .warnings = std::move(warnings)};
}

Result<State> LoadFiles(const Options& options) {
  const auto text = ReadText(options.agents_file);
  if (!text) return text.error();
  auto agents = mesos::DecodeAgents(*text);
  if (!agents) return InFile(options.agents_file, agents.error().message);
  Cluster cluster;
  for (const std::string& path : options.pods_files) {
    const auto pods = ReadText(path);
    if (!pods) return pods.error();
    ClusterReader reader(SniffItemKind(*pods), cluster);
    if (auto pushed = reader.Push(*pods); !pushed) return InFile(path, pushed.error().message);
    if (auto finished = reader.Finish(); !finished) return InFile(path, finished.error().message);
    if (const auto next = reader.continue_token(); next && !next->empty()) return InFile(path, kOnePage);
  }
  const bool complete = agents->unreadable == 0 && agents->recovered.value_or(0) == 0 &&
                        mesos::TellsOffersTo(options.rules.framework_roles, *agents);
  return MakeState(*std::move(agents), std::move(cluster), complete, options.agents_file);
}

}  // namespace k8sm::ports_program
