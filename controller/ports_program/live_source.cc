#include "controller/ports_program/live_source.h"

#include "controller/ports_program/cluster_json.h"
#include "lib/async/token.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/client/api_stream.h"
#include "lib/client/config/kubeconfig.h"
#include "lib/mesos/agents_poll.h"
#include "lib/mesos/role_knowledge.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace k8sm::ports_program {
namespace {

using std::chrono::steady_clock;

// Objects per page of a list.
constexpr std::string_view kPageSize = "500";

struct Live {
  std::unique_ptr<mesos::AgentsPoll> poll;
  std::unique_ptr<client::ApiClient> api;  // null: pods are not read
};

Result<Live> Connect(boost::asio::any_io_executor executor, const Options& options) {
  mesos::AgentsPollOptions poll_options;
  poll_options.masters = options.mesos_masters;
  poll_options.credentials_file = options.mesos_credentials_file;
  poll_options.insecure_credentials = options.mesos_insecure_credentials;
  poll_options.ca_file = options.mesos_ca_file;
  poll_options.answer_timeout = options.timeout;
  Live live;
  auto poll = mesos::AgentsPoll::Create(executor, std::move(poll_options));
  if (!poll) return poll.error();
  live.poll = *std::move(poll);
  if (!options.use_api_server) return live;
  auto config = client::LoadRestConfig(options.kubeconfig, options.master);
  if (!config) return config.error();
  client::ClientOptions client_options;
  client_options.qps = 0;
  auto api = client::ApiClient::Create(executor, *std::move(config), std::move(client_options));
  if (!api) return api.error();
  live.api = *std::move(api);
  return live;
}

// Reads one page of a list. Returns the token of the next page, empty at the end. The arguments must outlive
// the call.
Awaitable<Result<std::string>> ReadPage(client::ApiStream& stream, std::string target,
                                        const std::string& kind, const client::ApiStream::Timeouts& timeouts,
                                        Cluster& cluster) {
  const auto reader = std::make_shared<ClusterReader>(kind, cluster);
  client::ApiStream::Sink sink = [reader](std::string_view bytes) { return reader->Push(bytes); };
  const auto got = co_await stream.Get(std::move(target), timeouts, std::move(sink));
  if (!got) co_return got.error();
  if (const auto finished = reader->Finish(); !finished) co_return finished.error();
  co_return reader->continue_token();
}

Awaitable<Result<void>> ReadAll(client::ApiStream& stream, const client::Resource& resource,
                                const client::ApiStream::Timeouts& timeouts, Cluster& cluster) {
  std::string token;
  do {
    client::QueryBuilder query;
    query.Add("limit", kPageSize);
    if (!token.empty()) query.Add("continue", token);
    std::string target = client::CollectionPath(resource, "") + query.text();
    auto next = co_await ReadPage(stream, std::move(target), resource.kind, timeouts, cluster);
    if (!next) {
      Error error = next.error();
      error.message = resource.plural + ": " + error.message;
      co_return error;
    }
    if (!token.empty() && *next == token)
      co_return Error{
          .code = Errc::kMalformed,
          .message = resource.plural + ": the server names the page that it returns as the next one"};
    token = *std::move(next);
  } while (!token.empty());
  co_return Result<void>();
}

Awaitable<Result<Cluster>> ReadCluster(client::ApiClient* api, const client::ApiStream::Timeouts& timeouts) {
  Cluster cluster;
  if (api == nullptr) co_return cluster;
  const auto stream = api->NewStream();
  cluster.node_labels.emplace();
  for (const client::Resource* resource : {&client::kPods, &client::kServices, &client::kNodes}) {
    const auto read = co_await ReadAll(*stream, *resource, timeouts, cluster);
    if (read) continue;
    if (resource != &client::kNodes || read.error().code != Errc::kForbidden) co_return read.error();
    cluster.node_labels.reset();
    cluster.nodes_refusal = read.error().message;
  }
  co_return cluster;
}

// The references must outlive the call.
Awaitable<void> Load(const Live& live, std::chrono::milliseconds timeout,
                     const std::vector<std::string>& framework_roles, std::optional<Result<State>>& loaded) {
  const auto deadline = steady_clock::now() + timeout;
  auto polled = co_await live.poll->Poll(deadline);
  const auto polled_at = steady_clock::now();
  const bool whole = polled.outcome == mesos::PollOutcome::kOk;
  if (!whole && polled.outcome != mesos::PollOutcome::kPartial) {
    loaded.emplace(polled.error);
    co_return;
  }
  const client::ApiStream::Timeouts timeouts{
      .quiet = timeout, .idle = timeout, .total = timeout, .deadline = deadline};
  auto cluster = co_await ReadCluster(live.api.get(), timeouts);
  if (!cluster) {
    loaded.emplace(cluster.error());
    co_return;
  }
  const bool complete = whole && mesos::TellsOffersTo(framework_roles, polled.agents);
  State state = MakeState(std::move(polled.agents), *std::move(cluster), complete, ToString(polled.leader));
  state.age_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - polled_at).count();
  loaded.emplace(std::move(state));
}

}  // namespace

Result<State> LoadLive(const Options& options) {
  boost::asio::io_context context(1);
  const auto live = Connect(context.get_executor(), options);
  if (!live) return live.error();
  std::optional<Result<State>> loaded;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, Load(*live, options.timeout, options.rules.framework_roles, loaded),
                        [&](std::exception_ptr exception) {
                          failure = exception;
                          context.stop();
                        });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return *std::move(loaded);
}

}  // namespace k8sm::ports_program
