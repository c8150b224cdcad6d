// Derives the findings for one demand, of a manifest or of live pods.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_FINDINGS_OF_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_FINDINGS_OF_H_

#include "controller/ports_program/finding.h"
#include "lib/kube/ports.h"
#include "lib/ports/port_space.h"
#include "lib/ports/workload.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports_program {

// Returns the rule for a verdict that the demand can never be scheduled, or could not if the agents were
// known.
std::string_view RuleOf(ports::Why why);

// Describes a port number that is declared more than once: "31005 is declared twice (TCP and UDP); Mesos
// counts numbers: never schedulable".
std::string DescribeDuplicate(ports::Port port, const std::vector<kube::Protocol>& protocols);

// The demand to be checked.
struct Subject {
  ports::WorkloadDemand workload;
  bool has_max_unavailable = true;  // false: a ReplicationController
  // The protocols of each port that is declared more than once, in the order of declaration.
  std::vector<std::vector<kube::Protocol>> doubled_protocols;
};

// The options that affect findings.
struct FindingOptions {
  std::uint32_t reserve = 1;
  bool strict = false;
  ports::PortSet avoid;  // never suggested
};

struct SubjectFindings {
  std::vector<Finding> findings;  // with rule, level, ports, message, suggestion and plan
  ports::Plan plan;
  bool unknown = false;
};

// Returns the findings for the demand in this port space.
SubjectFindings FindingsOf(const ports::PortSpace& space, const Subject& subject,
                           const FindingOptions& options);

// The same without knowledge of agents: only duplicates are found.
SubjectFindings FindingsWithoutAgents(const Subject& subject);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_FINDINGS_OF_H_
