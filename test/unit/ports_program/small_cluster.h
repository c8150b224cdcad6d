// Short spellings of agents and live pods.

#ifndef K8SM_TEST_UNIT_PORTS_PROGRAM_SMALL_CLUSTER_H_
#define K8SM_TEST_UNIT_PORTS_PROGRAM_SMALL_CLUSTER_H_

#include "controller/ports_program/flag_values.h"
#include "controller/ports_program/state.h"
#include "lib/mesos/agent_list.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {

// "31000-31009,31020"
inline ports::PortSet PortsOf(const std::string& text) {
  return ParsePorts(text).value();
}

// An agent that offers the ports `offered` to role *, of which `used` are in use.
inline ports::Agent AgentOf(const std::string& name, const std::string& offered,
                            const std::string& used = "") {
  ports::Agent agent;
  agent.id = "S-" + name;
  agent.name = kube::Symbol(name);
  agent.offered.emplace_back("*", PortsOf(offered));
  agent.used = PortsOf(used);
  return agent;
}

// A pod of namespace "shop" and label app=`app` that declares these host ports, and holds them on the node;
// without a node, it waits for them.
inline ClusterPod PodOf(const std::string& name, const std::string& app, const std::string& node,
                        const std::vector<ports::Port>& host_ports) {
  ClusterPod pod;
  pod.holder.ns = kube::Symbol("shop");
  pod.holder.name = kube::Symbol(name);
  pod.holder.uid = kube::Uid("uid-" + name);
  pod.holder.node = kube::Symbol(node);
  pod.labels.Set(kube::Symbol("app"), kube::Symbol(app));
  for (const ports::Port port : host_ports) {
    pod.spec.ports.push_back({8080, port});
    if (!node.empty()) pod.holder.claims.push_back({.port = port});
  }
  return pod;
}

inline State StateOf(std::vector<ports::Agent> agents, std::vector<ClusterPod> pods = {}) {
  mesos::AgentList list;
  list.agents = std::move(agents);
  Cluster cluster;
  cluster.pods = std::move(pods);
  return MakeState(std::move(list), std::move(cluster), true, "m1:5050");
}

}  // namespace k8sm::ports_program

#endif  // K8SM_TEST_UNIT_PORTS_PROGRAM_SMALL_CLUSTER_H_
