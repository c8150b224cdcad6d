#include "controller/ports_program/program.h"

#include "controller/ports_program/checker.h"
#include "controller/ports_program/command_line.h"
#include "controller/ports_program/commands.h"
#include "controller/ports_program/from_source.h"
#include "controller/ports_program/live_source.h"
#include "controller/ports_program/manifest_files.h"
#include "controller/ports_program/report.h"
#include "controller/ports_program/state.h"
#include "lib/base/count.h"
#include "lib/base/printable.h"
#include "lib/kube/symbol.h"
#include "lib/ports/doubts.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxName = 600;

// Why the agents are not known; empty if they are.
std::string WhyUnknown(const ports::PortSpace& space) {
  return space.agents().empty() ? "no agents are known" : ports::DoubtOfAgents(space);
}

// Why something is not said to be never.
std::string Doubt(const State& state, bool from_controller) {
  if (std::string doubt = WhyUnknown(state.space); !doubt.empty()) return doubt;
  if (state.space.nodes_known()) return "a nodeSelector matches agents that have no Node yet; see the notes";
  if (from_controller)
    return "a nodeSelector names labels of Nodes, which the controller does not know or which are outdated; "
           "its log says why";
  if (!state.cluster.nodes_refusal.empty())
    return "a nodeSelector names labels of Nodes, which are not known, because nodes may not be listed";
  return "a nodeSelector names labels of Nodes, which are not known: pass the Nodes with -pods, or the API "
         "server with -kubeconfig or -master";
}

// Returns whether all of the standard output was written.
bool Flush(std::ostream& out, std::ostream& err) {
  if (out.flush()) return true;
  err << "k8sm-ports: standard output: cannot be written\n";
  return false;
}

class Program {
 public:
  Program(Options options, std::ostream& out, std::ostream& err, bool colours)
      : options_(std::move(options)), out_(out), err_(err), colours_(colours) {}

  int Run() {
    std::vector<NamedManifest> manifests;
    if (options_.command == "check") {
      auto read = ReadManifests(options_.operands);
      if (!read) return Fail(kUsageError, read.error().message);
      manifests = *std::move(read);
    }
    if (const int code = LoadState(); code != 0) return code;
    if (options_.command == "check") return Findings(CheckManifests(manifests, state(), options_), false);
    if (state() == nullptr) return Fail(kStateUnknown, unknown_because_);
    if (options_.command == "status") return Status();
    if (options_.command == "map") return Map();
    if (options_.command == "suggest") return WriteAnswer(SuggestPorts(*state_, options_));
    return Explain();
  }

 private:
  const State* state() const { return state_ ? &*state_ : nullptr; }

  int Fail(int code, const std::string& message) {
    err_ << "k8sm-ports: " << message << "\n";
    return code;
  }

  // Returns an exit code other than 0 if the flags are invalid.
  int LoadState() {
    const bool from = !options_.from.empty();
    if (!from && options_.agents_file.empty() && options_.mesos_masters.empty()) {
      unknown_because_ = "no agents are given";
      return 0;
    }
    const bool live = options_.agents_file.empty();
    auto loaded = from ? LoadFrom(options_) : live ? LoadLive(options_) : LoadFiles(options_);
    if (loaded) {
      state_.emplace(*std::move(loaded));
      pods_ = CountPodsWithPorts(state_->space);
      WarnOfNodes();
      WarnOfPods();
      if (state_->rules) UseRulesOf(*state_->rules, options_);
      const auto checked = CheckRoles(options_.rules);
      return checked ? 0 : Fail(kUsageError, checked.error().message);
    }
    if (live && loaded.error().code == Errc::kInvalidConfig) return Fail(kUsageError, loaded.error().message);
    unknown_because_ = loaded.error().message;
    return 0;
  }

  // An answer is given all the same: it may still help.
  void Warn() {
    if (const std::string doubt = WhyUnknown(state_->space); !doubt.empty())
      err_ << "k8sm-ports: warning: " << doubt << "\n";
  }

  void WarnOfNodes() {
    if (const std::string& refusal = state_->cluster.nodes_refusal; !refusal.empty())
      err_ << "k8sm-ports: warning: the labels of Nodes are not known, because nodes may not be listed: "
           << refusal << "\n";
  }

  // What is said of ports without knowing pods, or with those of another cluster, is worth little.
  void WarnOfPods() {
    if (!options_.mesos_masters.empty() && !options_.use_api_server)
      err_ << "k8sm-ports: warning: the pods are not known: their ports look free, or held by another "
              "framework; give the API server with -kubeconfig or -master\n";
    // `map` names them.
    if (pods_.astray == 0 || state_->space.agents().empty() || options_.command == "map") return;
    const ports::Holder& first = state_->space.holders()[pods_.first_astray];
    err_ << "k8sm-ports: warning: " << pods_.astray << " of " << Count(pods_.all, "pod")
         << " with host ports are on nodes that are not agents: "
         << Printable(NameOf(first) + " on " + first.node, kMaxName)
         << (pods_.astray > 1 ? ", and others" : "") << "\n";
  }

  int Status() {
    const int code = Findings(CheckLive(*state_, options_), true);
    if (pods_.all == 0 || pods_.astray < pods_.all || state_->space.agents().empty()) return code;
    return Fail(kStateUnknown, "no pod with host ports is on an agent: is this the master of the cluster?");
  }

  int Map() {
    const bool written = WriteAll([&](const Output& output) {
      return output.format == Format::kJson ? MapJson(*state_, options_) : MapText(*state_, options_);
    });
    if (!written) return kUsageError;
    Warn();
    return state_->space.agents().empty() ? kStateUnknown : kNothingFound;
  }

  int WriteAnswer(const Answer& answer) {
    const bool written = WriteAll(
        [&](const Output& output) { return output.format == Format::kJson ? answer.json : answer.text; });
    if (!written) return kUsageError;
    Warn();
    if (state_->space.agents().empty()) return kStateUnknown;
    return answer.enough ? kNothingFound : kFindings;
  }

  static bool NamesPod(const std::string& operand) { return operand.find('/') != std::string::npos; }

  int Explain() {
    const auto now = std::chrono::floor<kube::Timestamp::duration>(std::chrono::system_clock::now());
    auto answer = !options_.ports.empty()          ? Result<Answer>(ExplainPorts(*state_, options_))
                  : NamesPod(options_.operands[0]) ? ExplainPod(*state_, options_, now)
                                                   : ExplainAgent(*state_, options_);
    if (!answer) return Fail(kUsageError, answer.error().message);
    return WriteAnswer(*answer);
  }

  int Findings(CheckResult result, bool live) {
    Report report{std::move(result), live, options_.all, state(), unknown_because_};
    const bool written = WriteAll([&](const Output& output) { return ReportAs(report, output); });
    if (!written || !AppendSummary(report)) return kUsageError;
    const FindingCounts counts = CountFindings(report.result.findings);
    const bool has_errors = options_.fail_on != FailOn::kNever && counts.errors > 0;
    if (report.result.unknown && !options_.offline_ok) {
      const int code = Fail(kStateUnknown, DoubtOf());
      return has_errors ? kFindings : code;
    }
    const bool has_warnings = options_.fail_on == FailOn::kWarning && counts.warnings > 0;
    return has_errors || has_warnings ? kFindings : kNothingFound;
  }

  std::string DoubtOf() const { return state_ ? Doubt(*state_, !options_.from.empty()) : unknown_because_; }

  std::string ReportAs(const Report& report, const Output& output) {
    switch (output.format) {
      case Format::kText:
        return TextReport(report, colours_ && output.file.empty());
      case Format::kJson:
        return JsonReport(report);
      case Format::kSarif:
        return SarifReport(report);
      case Format::kJunit:
        return JunitReport(report);
      case Format::kGithub:
        return GithubReport(report);
    }
    return "";
  }

  // Returns whether the summary of a run for GitHub was written where there is to be one.
  bool AppendSummary(const Report& report) {
    const char* path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return true;
    const auto is_github = [](const Output& output) { return output.format == Format::kGithub; };
    if (std::ranges::none_of(options_.outputs, is_github)) return true;
    std::ofstream file(path, std::ios::binary | std::ios::app);
    file << GithubSummary(report);
    file.close();
    if (!file) Fail(kUsageError, "GITHUB_STEP_SUMMARY: " + std::string(path) + ": cannot be written");
    return !file.fail();
  }

  // Returns whether all outputs were written.
  bool WriteAll(const std::function<std::string(const Output&)>& text_of) {
    for (const Output& output : options_.outputs) {
      const std::string text = text_of(output);
      if (output.file.empty()) {
        out_ << text;
        continue;
      }
      std::ofstream file(output.file, std::ios::binary | std::ios::trunc);
      file << text;
      file.close();
      if (!file) {
        Fail(kUsageError, output.file + ": cannot be written");
        return false;
      }
    }
    return Flush(out_, err_);
  }

  Options options_;
  std::ostream& out_;
  std::ostream& err_;
  bool colours_;
  std::optional<State> state_;
  ports::PodsWithPorts pods_;  // of the state
  std::string unknown_because_;
};

}  // namespace

int RunProgram(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
               bool colours) {
  auto parsed = ParseCommandLine(arguments);
  if (!parsed) {
    err << "k8sm-ports: " << parsed.error().message << "\n";
    return kUsageError;
  }
  if (const Information* information = std::get_if<Information>(&*parsed)) {
    out << information->text;
    return Flush(out, err) ? kNothingFound : kUsageError;
  }
  return Program(std::get<Options>(*std::move(parsed)), out, err, colours).Run();
}

}  // namespace k8sm::ports_program
