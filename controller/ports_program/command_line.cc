#include "controller/ports_program/command_line.h"

#include "controller/ports_program/flag_values.h"
#include "controller/ports_program/flags.h"
#include "lib/base/printable.h"
#include "lib/base/split_list.h"
#include "lib/base/version.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxShown = 100;

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
    const std::string& command = options_.command;
    const bool needs_pods = command == "status" || (command == "explain" && options_.ports.empty());
    if (needs_pods && files && options_.pods_files.empty())
      return Invalid(command + ": give the pods too, with -pods FILE");
    if (needs_pods && live && !options_.use_api_server)
      return Invalid(command + ": give the API server too, with -kubeconfig FILE or -master URL");
    if (files || live || (options_.command == "check" && options_.offline_ok)) return {};
    return Invalid("say where agents are read from: -from URL, -agents FILE or -mesos_master LIST");
  }

  // Whether the operand of `explain` is made of numbers and ranges with commas between: 10-0-0-1 is an agent.
  static bool NamesPorts(const std::string& operand) {
    const auto parts = SplitList(operand);
    return operand.find_first_not_of("0123456789-, \t") == std::string::npos &&
           std::ranges::all_of(parts,
                               [](const std::string& part) { return std::ranges::count(part, '-') <= 1; });
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
      "Exit codes: 0 nothing found, 1 certain errors, even if something else is not known (with -fail_on "
      "warning also warnings, if everything is known), 2 bad usage, an unreadable manifest or "
      "output that cannot be written, 3 nothing certain found, and not everything known. explain ends with 0 "
      "whatever it says of a pod, port or agent that there is.\n\nFlags:\n";
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
