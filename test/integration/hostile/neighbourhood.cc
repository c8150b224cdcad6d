#include "test/integration/hostile/neighbourhood.h"

#include "test/apiserver/fault_rule.h"
#include "test/integration/model/fresh_plan.h"
#include "test/integration/model/random_faults.h"
#include "test/integration/model/stored_properties.h"
#include "test/integration/model/stored_state.h"
#include "test/support/task_failure.h"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace k8sm::test {
namespace {

using apiserver::Tokens;
using mock_master::MasterState;
using mock_master::MockMaster;

// The number of versions that the server keeps for watches: few, so that they do not look like growth.
constexpr std::size_t kHistory = 200;

constexpr const char* kAgents = "node-1 ports:[31000-31999]\nnode-2 ports:[31000-31999]\n";

apiserver::ApiServerOptions ServerOptions(const TestAuthority& authority) {
  const CertificateAndKey pair = authority.Issue("server", "IP:127.0.0.1");
  apiserver::ApiServerOptions options;
  options.tls.cert_pem = pair.cert_pem;
  options.tls.key_pem = pair.key_pem;
  options.history = kHistory;
  return options;
}

// A port that is free now.
std::uint16_t FreePort(const asio::any_io_executor& executor) {
  using asio::ip::tcp;
  return tcp::acceptor(executor, tcp::endpoint(tcp::v4(), 0)).local_endpoint().port();
}

std::unique_ptr<MockMaster> NewMaster(asio::any_io_executor executor) {
  MasterState state;
  state.agents = mock_master::ParseAgents(kAgents).value();
  return MockMaster::Listen(std::move(executor), "127.0.0.1", 0, std::move(state)).value();
}

template <class T>
Awaitable<void> Store(Awaitable<T> operation, std::optional<T>& into) {
  into = co_await std::move(operation);
}

}  // namespace

Neighbourhood::Neighbourhood(unsigned seed, bool may_stall)
    : dice_(seed),
      may_stall_(may_stall),
      world_(ServerOptions(authority_)),
      cluster_(world_.server(), dice_),
      plugin_(authority_.cert_pem()),
      proxy_(world_.executor()),
      false_master_(world_.executor()),
      master_(NewMaster(world_.executor())),
      scraper_(world_.executor(), FreePort(world_.executor())),
      tasks_(world_.executor(), ThrowTaskFailure),
      options_(world_.Hurried()) {
  using std::chrono::milliseconds;
  tasks_.Spawn("master", master_->Run());
  options_.mode = seed % 2 == 1 ? endpoints::AddressMode::kHostPort : endpoints::AddressMode::kPodIp;
  options_.kubeconfig = plugin_.WriteKubeconfig(proxy_.port());
  options_.kube_api_qps = 0;
  options_.min_resync_period = milliseconds(0);
  options_.address = "0.0.0.0";
  options_.port = scraper_.port();
  controller::PortSpaceOptions space;
  space.mesos.masters = {{.host = "127.0.0.1", .port = false_master_.port()},
                         {.host = "127.0.0.1", .port = master_->port()}};
  space.mesos.connect_timeout = space.mesos.answer_timeout = milliseconds(200);
  space.poll_period = milliseconds(50);
  options_.port_space = space;
  false_master_.Behave(ServerScripts().front());
  ReplaceToken();
  for (int steps = 0; steps < 40; ++steps) cluster_.Step();
  world_.Start(options_);
  if (!world_.Settle()) throw std::runtime_error("the controller does not come to rest before any storm");
}

Neighbourhood::~Neighbourhood() {
  world_.Stop();
  master_->Stop();
  proxy_.Stop();
  false_master_.Stop();
  scraper_.Drop();
  world_.RunUntil(
      [this] { return tasks_.empty() && proxy_.empty() && false_master_.empty() && scraper_.empty(); });
}

std::string Neighbourhood::Storm() {
  std::string story = StormOfApiServer() + StormOfMaster();
  if (dice_.Chance(60)) {
    plugin_.Misbehave(dice_, may_stall_);
    SetTokens("");
    story += ", plugin";
  }
  if (dice_.Chance(60)) {
    proxy_.Behave(dice_.OneOf(ServerScripts()));
    story += ", proxy";
  }
  proxy_.Drop();
  false_master_.Behave(dice_.OneOf(ServerScripts()));
  const std::size_t seen = false_master_.connections() + master_->polls();
  for (std::size_t attacks = dice_.Below(200); attacks > 0; --attacks) {
    scraper_.Attack(dice_.OneOf(ClientScripts()), dice_.Chance(70));
  }
  for (int steps = dice_.Between(1, 12); steps > 0; --steps) {
    cluster_.Step();
    world_.Poll(dice_.Below(400));
  }
  // By then everything has been requested several times.
  world_.RunUntil([&] { return false_master_.connections() + master_->polls() >= seen + 5; });
  return story;
}

std::string Neighbourhood::StormOfApiServer() {
  if (dice_.Chance(50)) return BreakByChance(world_.server(), dice_);
  const std::string rules =
      "[" +
      dice_.OneOf(
          {R"({"effect":"stall","times":2})", R"({"effect":"endlessHeader","times":3})",
           R"({"effect":"stall","afterBytes":400,"probability":0.3})",
           R"({"effect":"answer","text":"{}","contentType":"application/json","times":9})",
           R"({"effect":"answer","text":"[[[[[[","probability":0.5})",
           R"({"effect":"trickle","bytes":7,"ms":1,"probability":0.3})",
           R"({"path":"/apis/auth","effect":"garbage"})",
           R"({"path":"/apis/auth","effect":"answer","text":"{\"status\":{\"allowed\":\"yes\"}}"})"}) +
      "]";
  world_.server().faults().Set(apiserver::ParseFaults(rules).value());
  return rules;
}

std::string Neighbourhood::StormOfMaster() {
  MasterState& state = master_->state();
  switch (dice_.Below(6)) {
    case 0:
      state.status = 401;
      return ", master refuses";
    case 1:
      state.answer = std::string(200'000, '[');
      return ", master nests";
    case 2:
      state.answer = R"({"slaves":[{"id":7,"hostname":[],"resources":{"ports":"[1-99999999999]"}}]})";
      return ", master lies";
    case 3:
      state.leads = false;
      return ", master does not lead";
    case 4:
      state.agents.clear();
      return ", master has lost its agents";
    default:
      return "";
  }
}

// The server accepts this token of the controller from now on, or none if it is empty.
void Neighbourhood::SetTokens(const std::string& token) {
  Tokens tokens{{"of-scraper", {.name = "prometheus", .groups = {"system:masters"}}},
                {"of-stranger", {.name = "mallory", .groups = {}}},
                {RandomCluster::kToken, {.name = "cluster", .groups = {}}}};
  if (!token.empty()) tokens[token] = {.name = "k8sm", .groups = {}};
  world_.server().SetTokens(std::move(tokens));
}

void Neighbourhood::ReplaceToken() {
  const std::string token = "of-controller-" + std::to_string(++tokens_);
  plugin_.BeHonest(token);
  SetTokens(token);
}

// Ends stalled requests.
void Neighbourhood::RestartApiServer() {
  world_.server().Stop();
  if (dice_.Chance(30)) world_.server().Compact();
  const auto started = world_.server().Start();
  if (!started) throw std::runtime_error(ToString(started.error()));
}

std::vector<std::string> Neighbourhood::Calm() {
  world_.server().faults().Clear();
  ReplaceToken();
  RestartApiServer();
  proxy_.Behave(std::nullopt);
  proxy_.Drop();
  false_master_.Behave(ServerScripts().front());
  false_master_.Drop();
  master_->state() = {.agents = mock_master::ParseAgents(kAgents).value()};
  scraper_.Drop();
  if (!world_.Settle()) return {"the controller does not come to rest"};
  std::vector<std::string> broken;
  CheckPlan(broken);
  CheckOpsPort(broken);
  if (world_.log().Count("of-controller-") > 0 || world_.log().Count("of-scraper") > 0) {
    broken.push_back("a token is in the log");
  }
  Forget();
  return broken;
}

// Discards what the test itself would accumulate.
void Neighbourhood::Forget() {
  world_.log().Clear();
  world_.server().requests().Clear();
  cluster_.Forget();
  for (const std::string& ns : kNamespaces) {
    world_.server().Handle({.method = "DELETE",
                            .target = "/api/v1/namespaces/" + ns + "/events",
                            .authorization = std::string("Bearer ") + RandomCluster::kToken});
  }
}

void Neighbourhood::CheckPlan(std::vector<std::string>& broken) {
  const StoredState state = ReadState(world_.server(), "");
  for (const auto& each :
       {UnmetPlans(state, options_), BrokenEndpoints(state, options_), BrokenSlices(state, options_)}) {
    broken.insert(broken.end(), each.begin(), each.end());
  }
}

std::string Neighbourhood::Get(const std::string& path, const std::string& token) {
  std::optional<std::string> page;
  tasks_.Spawn("get", Store(scraper_.Get(path, token), page));
  world_.RunUntil([&] { return page.has_value(); });
  return page.value_or("");
}

// A refused page is requested again, as results of reviews are kept for 10 s.
void Neighbourhood::CheckOpsPort(std::vector<std::string>& broken) {
  const auto expect = [&](const std::string& status, const std::string& path, const std::string& token) {
    const bool met = world_.RunUntil([&, page = std::string()]() mutable {
      page = Get(path, token);
      return page.starts_with(status);
    });
    if (!met) broken.push_back(path + " does not answer with " + status);
  };
  expect("200", "/livez", "");
  expect("200", "/readyz", "");
  expect("200", "/metrics", "of-scraper");
  expect("403", "/metrics", "of-stranger");
  expect("401", "/debug/skipped", "a-lie");
  expect("403", "/debug/skipped", "");
  expect("200", "/debug/ports", "of-scraper");
}

}  // namespace k8sm::test
