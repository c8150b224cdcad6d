// The workloads in a manifest, as far as host ports are concerned.

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

// Where a port of `spec.ports` is declared.
struct PortPlace {
  std::size_t line = 0;  // counted from 1
  kube::Protocol protocol = kube::Protocol::kTcp;
};

// One entry of a selector's matchExpressions.
struct Requirement {
  enum class Operator : std::uint8_t { kIn, kNotIn, kExists, kDoesNotExist };
  std::string key;
  Operator op = Operator::kIn;
  std::vector<std::string> values;
};

// Selects the pods of a workload.
struct Selector {
  kube::LabelMap labels;
  std::vector<Requirement> requirements;
};

// Whether the selector matches these labels. An empty selector matches nothing.
bool Selects(const Selector& selector, const kube::LabelMap& labels);

struct Workload {
  std::string kind;
  std::string ns;    // empty if not given
  std::string name;  // metadata.name or metadata.generateName
  std::size_t line = 0;
  ports::PodSpec spec;
  std::vector<PortPlace> places;  // parallel to spec.ports
  // Number of pods at a time; nullopt: one on each eligible node (DaemonSet).
  std::optional<std::uint32_t> replicas = 1;
  ports::Rollout rollout;
  Selector own;
  // The rules in the annotation k8sm.mesosphere.io/ignore-port-checks.
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
  // Number of objects of other kinds and of documents that are not objects.
  std::size_t others = 0;
};

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_WORKLOAD_H_
