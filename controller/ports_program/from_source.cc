#include "controller/ports_program/from_source.h"

#include "controller/ports_program/cluster_json.h"
#include "lib/async/token.h"
#include "lib/client/api_client.h"
#include "lib/client/api_stream.h"
#include "lib/client/config/credential_file.h"
#include "lib/client/config/kubeconfig.h"
#include "lib/client/config/rest_config.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "lib/mesos/agents_decoder.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxSummary = 8 << 20;
constexpr const char* kPassToken = "pass -from_token_file, with a token as `kubectl create token` prints it";

// How good the controller's knowledge is.
struct Summary {
  std::string master;
  std::int64_t age_seconds = 0;
  bool complete = false;
  bool fresh = false;
  bool all_namespaces = true;
  bool nodes_known = false;
  std::optional<ports::SchedulerRules> rules;
};

std::vector<std::string> ReadRoles(const kube_json::Field& list) {
  std::vector<std::string> roles;
  list.ForEach([&](const kube_json::Field& role) { roles.emplace_back(role.String()); });
  return roles;
}

std::optional<ports::SchedulerRules> ReadRules(const kube_json::Field& scheduler) {
  if (!scheduler.present()) return std::nullopt;
  const kube_json::Field framework_roles = scheduler.Member("framework_roles");
  const kube_json::Field default_roles = scheduler.Member("default_pod_roles");
  return ports::SchedulerRules{.wildcard = scheduler.Member("host_port_endpoints").Bool(),
                               .framework_roles = ReadRoles(framework_roles),
                               .default_roles = ReadRoles(default_roles)};
}

Result<Summary> ReadSummary(const std::string& text) {
  const auto tree = kube_json::Parse(text);
  if (!tree) return tree.error();
  kube_json::Problem problem;
  const kube_json::Field root(**tree, problem);
  const kube_json::Field snapshot = root.Member("snapshot");
  const kube_json::Field scheduler = root.Member("scheduler");
  Summary summary{.master = std::string(snapshot.Member("master").String()),
                  .age_seconds = snapshot.Member("age_seconds").Int(),
                  .complete = snapshot.Member("complete").Bool(),
                  .fresh = snapshot.Member("fresh").Bool(),
                  .all_namespaces = snapshot.Member("all_namespaces").Bool() ||
                                    !snapshot.Member("all_namespaces").present(),
                  .nodes_known = snapshot.Member("nodes_known").Bool(),
                  .rules = ReadRules(scheduler)};
  if (problem.empty() && !summary.master.empty()) return summary;
  return Error{.code = Errc::kMalformed, .message = "/debug/ports is not what a controller answers"};
}

// Where the answers go. The sinks refer to it.
struct Answers {
  std::string summary;
  mesos::AgentsDecoder agents;
  Cluster cluster;
  ClusterReader pods{"", cluster};
};

// The arguments must outlive the call.
Awaitable<Result<void>> ReadAll(client::ApiStream& stream, const client::ApiStream::Timeouts& timeouts,
                                Answers& answers) {
  client::ApiStream::Sink to_summary = [&answers](std::string_view bytes) -> Result<void> {
    answers.summary += bytes;
    if (answers.summary.size() <= kMaxSummary) return {};
    return Error{.code = Errc::kMalformed, .message = "/debug/ports is larger than 8 MiB"};
  };
  std::string target = "/debug/ports?format=json&rows=1";
  auto read = co_await stream.Get(std::move(target), timeouts, std::move(to_summary));
  if (!read) co_return read;
  client::ApiStream::Sink to_agents = [&answers](std::string_view bytes) {
    return answers.agents.Push(bytes);
  };
  target = "/debug/ports/agents";
  read = co_await stream.Get(std::move(target), timeouts, std::move(to_agents));
  if (!read) co_return read;
  client::ApiStream::Sink to_pods = [&answers](std::string_view bytes) { return answers.pods.Push(bytes); };
  target = "/debug/ports/pods";
  read = co_await stream.Get(std::move(target), timeouts, std::move(to_pods));
  if (!read) co_return read;
  co_return answers.pods.Finish();
}

Result<client::RestConfig> ConfigFor(const Options& options) {
  auto config = client::LoadRestConfig("", options.from);
  if (!config) return config;
  if (!options.from_token_file.empty()) {
    auto token = client::ReadTokenFile(options.from_token_file);
    if (!token) return token.error();
    config->token = *std::move(token);
    config->user = "-from_token_file";
  }
  if (!options.from_ca_file.empty()) {
    auto pem = client::ReadFile(options.from_ca_file);
    if (!pem) return pem.error();
    config->ca_pem = *std::move(pem);
    config->ca_file = options.from_ca_file;
  }
  return config;
}

// What to change after such an error; empty if nothing is known.
std::string AdviceFor(const Error& error, const client::RestConfig& config) {
  switch (error.code) {
    case Errc::kUnauthorized:
      return config.token.empty() ? kPassToken : "";
    case Errc::kForbidden:
      // Without a token it was refused to system:anonymous.
      if (config.token.empty() && config.secure()) return kPassToken;
      return "the user needs the verb get on the nonResourceURLs /debug/ports, /debug/ports/agents and "
             "/debug/ports/pods: bind a ClusterRole with it";
    case Errc::kNotFound:
      return "does the controller run with -mesos_master?";
    case Errc::kServerError:
      return "try again in a moment; the controller's log says why if it goes on";
    case Errc::kUnavailable:
      if (!config.secure()) return "a controller that listens off loopback serves https: is it https://?";
      if (config.ca_pem.empty())
        return "if no authority of this system has issued its certificate, pass -from_ca_file";
      return "";
    default:
      return "";
  }
}

Error Explain(Error error, const Options& options, const client::RestConfig& config) {
  const std::string advice = AdviceFor(error, config);
  error.message = options.from + ": " + error.message + (advice.empty() ? "" : "; " + advice);
  return error;
}

Result<State> StateOf(Answers& answers) {
  auto summary = ReadSummary(answers.summary);
  if (!summary) return summary.error();
  auto agents = answers.agents.Finish();
  if (!agents) return agents.error();
  answers.cluster.fresh = summary->fresh;
  answers.cluster.all_namespaces = summary->all_namespaces;
  // Where there is none at all, the page has none.
  if (summary->nodes_known && !answers.cluster.node_labels) answers.cluster.node_labels.emplace();
  State state = MakeState(*std::move(agents), std::move(answers.cluster), summary->complete, summary->master);
  state.age_seconds = summary->age_seconds;
  state.rules = std::move(summary->rules);
  return state;
}

}  // namespace

Result<State> LoadFrom(const Options& options) {
  const auto config = ConfigFor(options);
  if (!config) return config.error();
  boost::asio::io_context context(1);
  client::ClientOptions client_options;
  client_options.qps = 0;
  auto api = client::ApiClient::Create(context.get_executor(), *config, std::move(client_options));
  if (!api) {
    Error error = api.error();
    error.message =
        (options.from_ca_file.empty() ? options.from : options.from_ca_file) + ": " + error.message;
    return error;
  }
  const auto stream = (*api)->NewStream();
  const client::ApiStream::Timeouts timeouts{.quiet = options.timeout,
                                             .idle = options.timeout,
                                             .total = options.timeout,
                                             .deadline = std::chrono::steady_clock::now() + options.timeout};
  Answers answers;
  std::optional<Result<void>> read;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, ReadAll(*stream, timeouts, answers),
                        [&](std::exception_ptr exception, Result<void> result) {
                          failure = exception;
                          read.emplace(std::move(result));
                          context.stop();
                        });
  context.run();
  if (failure) std::rethrow_exception(failure);
  if (!*read) return Explain(read->error(), options, *config);
  return StateOf(answers);
}

}  // namespace k8sm::ports_program
