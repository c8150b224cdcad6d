#include "controller/ports_program/command_line.h"

#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/base/version.h"
#include "lib/ports/port_text.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>

namespace k8sm::ports_program {
namespace {

using Text = const std::string&;
using Set = std::function<Result<void>(Text value, Options& options)>;

constexpr std::size_t kMaxShown = 100;

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

std::vector<std::string> SplitList(Text text) {
  std::vector<std::string> parts;
  for (std::size_t pos = 0; pos <= text.size();) {
    const std::size_t end = std::min(text.find(',', pos), text.size());
    if (end > pos) parts.push_back(text.substr(pos, end - pos));
    pos = end + 1;
  }
  return parts;
}

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

Result<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && number >= least && number <= most) return number;
  return Invalid("has to be a number from " + std::to_string(least) + " to " + std::to_string(most));
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
  if (value.starts_with("zk://"))
    return Invalid("takes no zk:// address; list the masters instead: host1:5050,host2:5050");
  options.mesos_masters = SplitList(value);
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

// Parses e.g. "31000-31009,31020".
Result<ports::PortSet> ParsePorts(Text text) {
  std::string ranges;
  for (const std::string& range : SplitList(text)) {
    ranges += ranges.empty() ? "[" : ",";
    ranges += range.find('-') == std::string::npos ? range + "-" + range : range;
  }
  return ports::ParseRanges(ranges.empty() ? "[]" : ranges + "]");
}

Result<void> SetAvoid(Text value, Options& options) {
  auto ports = ParsePorts(value);
  if (!ports) return Invalid("is a list of ports and ranges, as 31000-31009,31020");
  options.avoid = options.avoid | *ports;
  return {};
}

struct Flag {
  std::string_view name;
  std::string_view value;  // placeholder in the help; empty for a bool
  std::string_view text;
  Set set;
  // The commands that it is for; empty: all. "explain PORT" is explain with ports only.
  std::vector<std::string_view> only = {};
};

// The flags for the source of the state.
std::vector<Flag> SourceFlags() {
  return {
      {"from", "URL",
       "A running controller with -mesos_master, as http://127.0.0.1:10252: its agents, pods and Services.",
       ToText(&Options::from)},
      {"from_token_file", "FILE",
       "The bearer token for an https controller, as `kubectl create token` prints it. Its user needs `get` "
       "on /debug/*.",
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
       "\"secret\":...}.",
       ToText(&Options::mesos_credentials_file)},
      {"mesos_ca_file", "FILE",
       "The PEM file with the authorities that masters' certificates are verified with.",
       ToText(&Options::mesos_ca_file)},
      {"mesos_insecure_credentials", "", "Send the credentials over http too.",
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
      {"timeout", "DURATION", "How long masters and the API server may take together (30s).", SetTimeout},
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

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  Result<std::variant<Options, Information>> Parse() {
    for (; next_ < arguments_.size(); ++next_) {
      const std::string& argument = arguments_[next_];
      if (argument.size() < 2 || argument[0] != '-') {
        AddOperand(argument);
        continue;
      }
      const std::string flag = argument.substr(argument.starts_with("--") ? 2 : 1);
      if (flag == "help" || flag == "h") return Information{HelpText()};
      if (flag == "version") return Information{"k8sm-ports " + std::string(kVersion) + "\n"};
      if (const auto set = SetFlag(flag); !set) return set.error();
    }
    if (const auto checked = Check(); !checked) return checked.error();
    if (options_.outputs.empty()) options_.outputs.emplace_back();
    return std::move(options_);
  }

 private:
  void AddOperand(const std::string& operand) {
    if (options_.command.empty()) {
      options_.command = operand;
    } else {
      options_.operands.push_back(operand);
    }
  }

  Result<void> SetFlag(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Flag* flag = FindFlag(name);
    if (flag == nullptr) return Invalid("unknown flag -" + Printable(name, kMaxShown) + "; see -help");
    std::string value = "true";
    if (equals != std::string::npos) {
      value = text.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (next_ + 1 == arguments_.size()) return Invalid("-" + std::string(flag->name) + ": needs a value");
      value = arguments_[++next_];
    }
    given_.push_back(flag);
    const auto set = flag->set(value, options_);
    if (set) return set;
    return Invalid("-" + std::string(flag->name) + ": " + set.error().message);
  }

  Result<void> CheckOperands() const {
    const std::string& command = options_.command;
    const std::size_t count = options_.operands.size();
    if (command.empty())
      return Invalid("a command is missing: map, check, suggest, explain or status; see -help");
    if (command == "check" && count == 0)
      return Invalid("check: name files, folders or - for standard input");
    if (command == "suggest") {
      if (count != 1) return Invalid("suggest: say how many ports, as in: suggest 2 -replicas 3");
      const auto ports = ParseNumber(options_.operands[0], 1, 1000);
      if (!ports) return Invalid("suggest: the number of ports " + ports.error().message);
    }
    if (command == "explain" && count != 1)
      return Invalid("explain: name one pod, as NAMESPACE/NAME, one agent, or ports, as 31000-31009,31020");
    if ((command == "map" || command == "status") && count > 0)
      return Invalid(command + ": unexpected argument \"" + Printable(options_.operands[0], kMaxShown) +
                     "\"");
    for (const char* known : {"map", "check", "suggest", "explain", "status"}) {
      if (command == known) return {};
    }
    return Invalid("unknown command \"" + Printable(command, kMaxShown) + "\"; see -help");
  }

  // Checks that each flag is for the command.
  Result<void> CheckCommand() const {
    const auto is_given = [this](std::string_view command) {
      return command == options_.command || (command == "explain PORT" && !options_.ports.empty());
    };
    for (const Flag* flag : given_) {
      if (flag->only.empty() || std::ranges::any_of(flag->only, is_given)) continue;
      std::string commands;
      for (const std::string_view each : flag->only)
        commands.append(commands.empty() ? "" : ", ").append(each);
      return Invalid("-" + std::string(flag->name) + ": is not for " + options_.command + "; it is for " +
                     commands);
    }
    return {};
  }

  Result<void> CheckSources() const {
    const bool files = !options_.agents_file.empty();
    const bool live = !options_.mesos_masters.empty();
    if (!options_.from.empty() && (files || live || options_.use_api_server))
      return Invalid("-from: replaces -agents, -mesos_master, -kubeconfig and -master");
    for (const auto& [flag, value] : {std::pair("-from_token_file", options_.from_token_file),
                                      std::pair("-from_ca_file", options_.from_ca_file)}) {
      if (!value.empty() && !options_.from.starts_with("https://"))
        return Invalid(std::string(flag) + ": needs -from with an https:// URL");
    }
    if (!options_.from.empty() && options_.pods_files.empty()) return {};
    if (files && live) return Invalid("-agents and -mesos_master: give one of them");
    if (!files && !options_.pods_files.empty()) return Invalid("-pods: needs -agents too");
    if (files && options_.use_api_server) return Invalid("-kubeconfig, -master: with -agents it is -pods");
    if (!live && options_.use_api_server) return Invalid("-kubeconfig, -master: need -mesos_master too");
    const bool needs_pods = options_.command == "explain" && options_.ports.empty();
    if (needs_pods && files && options_.pods_files.empty())
      return Invalid("explain: give the pods too, with -pods FILE");
    if (needs_pods && live && !options_.use_api_server)
      return Invalid("explain: give the API server too, with -kubeconfig FILE or -master URL");
    if (files || live || (options_.command == "check" && options_.offline_ok)) return {};
    return Invalid("say where agents are read from: -from URL, -agents FILE or -mesos_master LIST");
  }

  // Whether the operand of `explain` is made of numbers and ranges with commas between: 10-0-0-1 is an agent.
  static bool NamesPorts(Text operand) {
    const auto parts = SplitList(operand);
    return operand.find_first_not_of("0123456789-,") == std::string::npos &&
           std::ranges::all_of(parts, [](Text part) { return std::ranges::count(part, '-') <= 1; });
  }

  Result<void> ReadPorts() {
    const std::string& operand = options_.operands[0];
    if (!NamesPorts(operand)) return {};
    auto ports = ParsePorts(operand);
    if (!ports || ports->empty())
      return Invalid("explain: ports are numbers from 1 to 65535 and ranges, as 31000-31009,31020");
    options_.ports = *std::move(ports);
    return {};
  }

  Result<void> Check() {
    if (const auto checked = CheckOperands(); !checked) return checked;
    if (options_.command == "explain") {
      if (const auto read = ReadPorts(); !read) return read;
    }
    if (const auto checked = CheckCommand(); !checked) return checked;
    if (const auto checked = CheckSources(); !checked) return checked;
    // With -from they are complete only once the controller has answered.
    if (options_.from.empty()) {
      if (const auto checked = CheckRoles(options_.rules); !checked) return checked;
    }
    const bool findings = options_.command == "check" || options_.command == "status";
    for (const Output& output : options_.outputs) {
      if (!findings && output.format != Format::kText && output.format != Format::kJson)
        return Invalid("-o: " + options_.command + " writes text and json only");
    }
    return {};
  }

  const std::vector<std::string>& arguments_;
  std::size_t next_ = 0;
  Options options_;
  std::vector<const Flag*> given_;
};

// Wraps the text at 100 characters, indented by 6 spaces.
std::string Wrap(std::string_view text) {
  constexpr std::size_t kWidth = 94;
  std::string wrapped;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > kWidth) end = text.rfind(' ', kWidth);
    wrapped.append(6, ' ').append(text.substr(0, end)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

}  // namespace

std::string HelpText() {
  std::string text =
      "k8sm-ports: the host ports of Kubernetes on Mesos: what agents offer, who holds it, what will never "
      "run\n\n"
      "  k8sm-ports map                       what each agent offers and what is free\n"
      "  k8sm-ports check FILE|DIR|- ...      whether the workloads in manifests can run\n"
      "  k8sm-ports suggest K -replicas R     K ports that are free together on R agents\n"
      "  k8sm-ports explain NAMESPACE/POD     why a pod is pending\n"
      "  k8sm-ports explain PORT[-PORT],...   how many replicas with these ports fit, and who holds them\n"
      "  k8sm-ports explain AGENT             what is free on it, and which pods find no room without it\n"
      "  k8sm-ports status                    what is wrong with live pods and agents\n\n"
      "Exit codes: 0 nothing found, 1 findings, 2 bad usage or an unreadable manifest, 3 the state of the "
      "cluster is not known.\n\nFlags:\n";
  for (const Flag& flag : Flags()) {
    text.append("  -").append(flag.name);
    if (!flag.value.empty()) text.append(" ").append(flag.value);
    text.append("\n").append(Wrap(flag.text));
  }
  return text;
}

Result<std::variant<Options, Information>> ParseCommandLine(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

}  // namespace k8sm::ports_program
