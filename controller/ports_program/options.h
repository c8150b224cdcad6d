// The validated settings of k8sm-ports.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_OPTIONS_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_OPTIONS_H_

#include "lib/base/error.h"
#include "lib/kube/label_map.h"
#include "lib/mesos/master_url.h"
#include "lib/ports/demand.h"
#include "lib/ports/port_set.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace k8sm::ports_program {

enum class Format : std::uint8_t { kText, kJson, kSarif, kJunit, kGithub };

struct Output {
  Format format = Format::kText;
  std::string file;  // empty: standard output
};

// The lowest level of findings that makes the program exit with 1.
enum class FailOn : std::uint8_t { kError, kWarning, kNever };

struct Options {
  std::string command;                // "map", "check", "suggest", "explain", "status"
  std::vector<std::string> operands;  // the arguments of the command
  ports::PortSet ports;               // `explain`: those that the operand names, if it names ports

  // The source of the state: a running controller, saved files, or a Mesos master and an API server.
  std::string from;             // the controller's URL
  std::string from_token_file;  // only with an https URL, as is the next
  std::string from_ca_file;     // empty: the system's authorities
  std::string agents_file;
  std::vector<std::string> pods_files;
  std::vector<mesos::MasterUrl> mesos_masters;
  std::string mesos_credentials_file;
  std::string mesos_ca_file;
  bool mesos_insecure_credentials = false;
  bool use_api_server = false;  // -kubeconfig or -master is given
  std::string kubeconfig;
  std::string master;
  std::chrono::milliseconds timeout{30'000};

  ports::SchedulerRules rules;
  // Which of them flags have set.
  struct RulesGiven {
    bool framework_roles = false;
    bool default_roles = false;
    bool wildcard = false;
  } rules_given;
  std::string default_namespace = "default";
  std::vector<Output> outputs;  // at least one

  FailOn fail_on = FailOn::kError;
  bool strict = false;
  bool offline_ok = false;
  std::uint32_t reserve = 1;
  std::uint32_t low_percent = 10;

  bool all = false;  // long lists as text in full

  // Only for `map`, `suggest` and `explain` with ports.
  std::vector<std::string> roles;  // empty: all of the framework's (map), or the pods' default (suggest)
  std::uint32_t replicas = 1;
  std::uint32_t wild = 0;
  bool contiguous = false;
  kube::LabelMap selector;
  ports::PortSet avoid;
};

// Takes from the rules of a controller what no flag has set.
void UseRulesOf(const ports::SchedulerRules& controller, Options& options);

// Checks that both lists name a role, and that the default roles are a part of the framework's.
// kInvalidConfig, naming the flag.
Result<void> CheckRoles(const ports::SchedulerRules& rules);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_OPTIONS_H_
