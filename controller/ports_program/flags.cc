#include "controller/ports_program/flags.h"

#include "controller/ports_program/flag_values.h"
#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/base/split_list.h"
#include "lib/ports/port_text.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace k8sm::ports_program {
namespace {

using Text = const std::string&;
using Set = Flag::Set;

Set ToText(std::string Options::*member) {
  return [member](Text value, Options& options) -> Result<void> {
    options.*member = value;
    return {};
  };
}

Set ToBool(std::function<bool&(Options&)> member) {
  return [member = std::move(member)](Text value, Options& options) -> Result<void> {
    if (value != "true" && value != "false") return Invalid("is true or false");
    member(options) = value == "true";
    return {};
  };
}

Set ToBool(bool Options::*member) {
  return ToBool([member](Options& options) -> bool& { return options.*member; });
}

Set ToNumber(std::uint32_t Options::*member, std::uint32_t least, std::uint32_t most) {
  return [=](Text value, Options& options) -> Result<void> {
    const auto number = ParseNumber(value, least, most);
    if (!number) return number.error();
    options.*member = *number;
    return {};
  };
}

Result<void> SetMasters(Text value, Options& options) {
  auto masters = mesos::ParseMasters(value);
  if (!masters) return masters.error();
  options.mesos_masters = *std::move(masters);
  return {};
}

Result<void> SetTimeout(Text value, Options& options) {
  const auto duration = ParseDuration(value);
  if (!duration) return duration.error();
  if (duration->count() <= 0) return Invalid("has to be more than 0");
  options.timeout = *duration;
  return {};
}

Result<void> AddOutput(Text value, Options& options) {
  const std::size_t equals = value.find('=');
  const std::string name = value.substr(0, equals);
  Output output;
  if (equals != std::string::npos) output.file = value.substr(equals + 1);
  if (name == "json") {
    output.format = Format::kJson;
  } else if (name == "sarif") {
    output.format = Format::kSarif;
  } else if (name == "junit") {
    output.format = Format::kJunit;
  } else if (name == "github") {
    output.format = Format::kGithub;
  } else if (name != "text") {
    return Invalid("is one of text, json, sarif, junit and github, with =FILE to write to a file");
  }
  options.outputs.push_back(std::move(output));
  return {};
}

Result<void> SetFailOn(Text value, Options& options) {
  if (value == "error") {
    options.fail_on = FailOn::kError;
  } else if (value == "warning") {
    options.fail_on = FailOn::kWarning;
  } else if (value == "never") {
    options.fail_on = FailOn::kNever;
  } else {
    return Invalid("is one of error, warning and never");
  }
  return {};
}

Result<void> SetSelector(Text value, Options& options) {
  for (const std::string& pair : SplitList(value)) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) return Invalid("is a list of KEY=VALUE");
    options.selector.Set(kube::Symbol(pair.substr(0, equals)), kube::Symbol(pair.substr(equals + 1)));
  }
  return {};
}

Result<void> SetAvoid(Text value, Options& options) {
  auto ports = ParsePorts(value);
  if (!ports) return Invalid("is a list of ports and ranges, as 31000-31009,31020");
  options.avoid = options.avoid | *ports;
  return {};
}

// The flags for the source of the state.
std::vector<Flag> SourceFlags() {
  return {
      {"from", "URL",
       "A running controller with -mesos_master, as http://127.0.0.1:10252: its agents, pods and Services.",
       ToText(&Options::from)},
      {"from_token_file", "FILE",
       "The bearer token for an https controller, as `kubectl create token` prints it. Its user needs `get` "
       "on /debug/ports, /debug/ports/agents and /debug/ports/pods.",
       ToText(&Options::from_token_file)},
      {"from_ca_file", "FILE",
       "The PEM file with the authorities that an https controller's certificate is verified with, or with "
       "the certificate itself.",
       ToText(&Options::from_ca_file)},
      {"agents", "FILE", "A saved answer of a Mesos master's /master/slaves; - is standard input.",
       ToText(&Options::agents_file)},
      {"pods", "FILE",
       "With -agents: saved pods, and Services and Nodes where their ports and labels matter, as `kubectl "
       "get pods,services,nodes --all-namespaces --output json` prints them. May be given several times.",
       [](Text value, Options& options) -> Result<void> {
         options.pods_files.push_back(value);
         return {};
       }},
      {"mesos_master", "LIST", "The Mesos masters, as host:port or http(s) URLs with commas between.",
       SetMasters},
      {"mesos_credentials_file", "FILE",
       "The principal and the secret for the master, on two lines or as JSON {\"principal\":..., "
       "\"secret\":...}. Sent over https only, to the given masters and the leader that they name over "
       "https.",
       ToText(&Options::mesos_credentials_file)},
      {"mesos_ca_file", "FILE",
       "The PEM file with the authorities that masters' certificates are verified with.",
       ToText(&Options::mesos_ca_file)},
      {"mesos_insecure_credentials", "",
       "Send the credentials over http, too, and to a leader that was named over http.",
       ToBool(&Options::mesos_insecure_credentials)},
      {"kubeconfig", "FILE", "The kubeconfig of the API server that pods, Services and Nodes are read from.",
       [](Text value, Options& options) -> Result<void> {
         options.kubeconfig = value;
         options.use_api_server = true;
         return {};
       }},
      {"master", "URL", "The API server; overrides the kubeconfig's.",
       [](Text value, Options& options) -> Result<void> {
         options.master = value;
         options.use_api_server = true;
         return {};
       }},
  };
}

// The flags for timeouts and the scheduler's settings.
std::vector<Flag> SchedulerFlags() {
  return {
      {"timeout", "DURATION",
       "How long masters and the API server, or the controller, may take together (30s).", SetTimeout},
      {"mesos_framework_roles", "LIST",
       "The scheduler's flag of this name (*; with -from, the controller's; so with the next two).",
       [](Text value, Options& options) -> Result<void> {
         options.rules.framework_roles = SplitList(value);
         options.rules_given.framework_roles = true;
         return {};
       }},
      {"mesos_default_pod_roles", "LIST", "The scheduler's flag of this name (*).",
       [](Text value, Options& options) -> Result<void> {
         options.rules.default_roles = SplitList(value);
         options.rules_given.default_roles = true;
         return {};
       }},
      {"host_port_endpoints", "", "The scheduler's flag of this name (true): host port 0 means any port.",
       ToBool([](Options& options) -> bool& {
         options.rules_given.wildcard = true;
         return options.rules.wildcard;
       })},
      {"namespace",
       "NAME",
       "check: the namespace of manifests that name none (default).",
       ToText(&Options::default_namespace),
       {"check"}},
  };
}

// The flags for output and exit codes.
std::vector<Flag> CommandFlags() {
  return {
      {"o", "FORMAT[=FILE]",
       "text, json, sarif, junit or github; to standard output, or to FILE. May be given several times.",
       AddOutput},
      {"fail_on",
       "LEVEL",
       "check, status: from which findings on the exit code is 1: error, warning or never (error).",
       SetFailOn,
       {"check", "status"}},
      {"strict",
       "",
       "check: a rollout that would be stuck is an error.",
       ToBool(&Options::strict),
       {"check"}},
      {"offline_ok",
       "",
       "check: check what needs no agents where they are not known, instead of failing with 3.",
       ToBool(&Options::offline_ok),
       {"check"}},
      {"port_reserve",
       "N",
       "check, status: how many more replicas should have room (1).",
       ToNumber(&Options::reserve, 0, 1'000'000),
       {"check", "status"}},
      {"port_low_percent",
       "N",
       "status: an agent with no more than this share of its ports free is short of them (10).",
       ToNumber(&Options::low_percent, 0, 100),
       {"status"}},
      {"all",
       "",
       "map, explain, status: print long lists in full.",
       ToBool(&Options::all),
       {"map", "explain", "status"}},
      {"role",
       "LIST",
       "map: these roles only. suggest, and explain with ports: the pods' roles.",
       [](Text value, Options& options) -> Result<void> {
         options.roles = SplitList(value);
         return {};
       },
       {"map", "suggest", "explain PORT"}},
      {"replicas",
       "R",
       "suggest, explain with ports: on how many agents the ports have to be free together (1).",
       ToNumber(&Options::replicas, 0, 1'000'000),
       {"suggest", "explain PORT"}},
      {"wild",
       "N",
       "suggest, explain with ports: how many ports with host port 0 the pods have beside (0).",
       ToNumber(&Options::wild, 0, ports::kMaxPort),
       {"suggest", "explain PORT"}},
      {"contiguous", "", "suggest: neighbouring ports.", ToBool(&Options::contiguous), {"suggest"}},
      {"selector",
       "LIST",
       "suggest, explain with ports: the pods' nodeSelector, KEY=VALUE with commas between.",
       SetSelector,
       {"suggest", "explain PORT"}},
      {"avoid",
       "RANGES",
       "check, status, suggest, explain with ports: ports that are never suggested, as 32768-60999.",
       SetAvoid,
       {"check", "status", "suggest", "explain PORT"}},
  };
}

}  // namespace

const std::vector<Flag>& Flags() {
  static const std::vector<Flag> flags = [] {
    std::vector<Flag> all = SourceFlags();
    for (const auto& more : {SchedulerFlags(), CommandFlags()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return flags;
}

const Flag* FindFlag(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  for (const Flag& flag : Flags()) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

}  // namespace k8sm::ports_program
