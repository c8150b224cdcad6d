// The workloads that a file describes, as far as host ports go.

#ifndef K8SM_LIB_MANIFEST_WORKLOAD_H_
#define K8SM_LIB_MANIFEST_WORKLOAD_H_

#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/ports/demand.h"
#include "lib/ports/workload.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::manifest {

// Where in the file a port of `spec.ports` is declared.
struct PortPlace {
  std::size_t line = 0;  // from 1
  kube::Protocol protocol = kube::Protocol::kTcp;
};

// One of a selector's matchExpressions.
struct Requirement {
  enum class Operator : std::uint8_t { kIn, kNotIn, kExists, kDoesNotExist };
  std::string key;
  Operator op = Operator::kIn;
  std::vector<std::string> values;
};

// Which pods are the workload's own.
struct Selector {
  kube::LabelMap labels;
  std::vector<Requirement> requirements;
};

// Whether a pod with these labels is selected. An empty selector selects nothing.
bool Selects(const Selector& selector, const kube::LabelMap& labels);

struct Workload {
  std::string kind;
  std::string ns;    // empty: none given
  std::string name;  // metadata.name, or metadata.generateName
  std::size_t line = 0;
  ports::PodSpec spec;
  std::vector<PortPlace> places;  // by port of spec.ports
  // How many pods at a time; nothing: one on each eligible node (DaemonSet).
  std::optional<std::uint32_t> replicas = 1;
  ports::Rollout rollout;
  Selector own;
  // The rules of annotation k8sm.mesosphere.io/ignore-port-checks.
  std::vector<std::string> ignored_rules;
};

struct NodePort {
  std::size_t line = 0;
  std::string ns;
  std::string service;
  ports::Port port = 0;
};

struct Manifest {
  std::vector<Workload> workloads;
  std::vector<NodePort> node_ports;
  // Objects of other kinds, and documents that are no objects.
  std::size_t others = 0;
};

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_WORKLOAD_H_
