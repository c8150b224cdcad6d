// Polls and evaluations, with a Mesos master in the same loop.

#include "controller/port_space/port_watch.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/client/script_server.h"
#include "test/unit/port_space/watch_stage.h"
#include "test/unit/ports_program/servers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

TEST_CASE("each list of agents is evaluated even if nothing has changed in the cluster", "[port_watch]") {
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100));
  stage.RunUntil([&] { return watch.report() && watch.report()->space.fresh(); });
  CHECK(watch.report()->offered == 10);
  stage.master->state() = StateOf(kOneAgent + std::string("node-2 ports:[31000-31009]\n"));
  stage.RunUntil([&] { return watch.report()->offered == 20; });
  CHECK(stage.log.Count("Mesos master 127.0.0.1:" + std::to_string(stage.master->port()) + " leads; ") == 1);
  // What is known is outdated after three periods without a list, and says so without a change.
  stage.master->state().status = 500;
  stage.RunUntil([&] { return !watch.report()->space.fresh(); });
  CHECK(watch.report()->offered == 20);
}

TEST_CASE("the leader reports findings, and a standby knows them without reporting them", "[port_watch]") {
  const bool leads = GENERATE(true, false);
  CAPTURE(leads);
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), leads, milliseconds(100));
  kube::Pod pod = test::MakePod("web").Unscheduled().Port({.number = 8080, .host_port = 8080});
  pod.meta.resource_version = "1";
  stage.cluster.cache.pods().Apply(std::move(pod));
  stage.RunUntil([&] { return !watch.findings()->empty(); });
  CHECK(stage.log.Count("pod default/web can never be scheduled") == (leads ? 1 : 0));
  REQUIRE(stage.events.size() == (leads ? 1 : 0));
  if (leads) CHECK(stage.events[0].reason == "HostPortOutsideOffers");
}

TEST_CASE("a list that does not show the offers to all roles is incomplete", "[port_watch]") {
  struct Case {
    mock_master::Version version;
    std::vector<std::string> roles;
    bool complete;
  };
  // Mesos 0.22 shows the ports of one role of an agent.
  const auto [version, roles, complete] = GENERATE(Case{mock_master::Version::k0_22, {"*"}, true},
                                                   Case{mock_master::Version::k0_22, {"*", "web"}, false},
                                                   Case{mock_master::Version::k0_28, {"*", "web"}, true});
  Stage stage;
  stage.master->state().version = version;
  const PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100), roles);
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(watch.polls(mesos::PollOutcome::kOk) == 1);
  CHECK(watch.report()->space.complete() == complete);
}

// A pod that can never be scheduled: no agent offers port 8080.
kube::Pod PodOutsideOffers(const std::string& uid) {
  kube::Pod pod = test::MakePod("web").Unscheduled().Port({.number = 8080, .host_port = 8080});
  pod.meta.uid = kube::Uid(uid);
  pod.meta.resource_version = "1";
  return pod;
}

TEST_CASE(
    "a pod recreated under its old name counts as another pod: the end of the old one's finding is not "
    "logged",
    "[port_watch]") {
  const bool recreated = GENERATE(true, false);
  CAPTURE(recreated);
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100));
  auto& pods = stage.cluster.cache.pods();
  pods.Apply(PodOutsideOffers("uid-1"));
  stage.RunUntil([&] { return stage.log.Count("pod default/web can never be scheduled") == 1; });

  kube::Pod mended = PodOutsideOffers(recreated ? "uid-2" : "uid-1");
  mended.ports.front().host_port = 31000;
  mended.meta.resource_version = "2";
  pods.Apply(std::move(mended));
  stage.RunUntil([&] { return watch.findings()->empty(); });
  CHECK(stage.log.Count("pod default/web is no longer held up by host ports") == (recreated ? 0 : 1));
}

TEST_CASE("polls of a slow master take at most a twentieth of the time", "[port_watch]") {
  using Clock = std::chrono::steady_clock;
  Stage stage;
  // Enough agents for an answer that takes milliseconds to read, and few enough for a slow machine.
  std::string agents;
  for (int i = 0; i < 50; ++i) agents += "node-" + std::to_string(i) + " ports:[31000-31009]\n";
  stage.master->state() = StateOf(agents);
  struct Polled {
    Clock::time_point end;
    milliseconds took;
  };
  std::vector<Polled> polls;
  PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(1));
  watch.SetObserver([&polls](mesos::PollOutcome outcome, std::chrono::duration<double> took) {
    CHECK(outcome == mesos::PollOutcome::kOk);
    polls.push_back({Clock::now(), std::chrono::duration_cast<milliseconds>(took)});
  });
  stage.RunUntil([&] { return polls.size() == 2; });
  CHECK(polls[1].end - polls[1].took - polls[0].end >= 19 * polls[0].took);
}

TEST_CASE("evaluations take a twentieth of the time, and no pause is longer than ten seconds",
          "[port_watch]") {
  CHECK(PauseAfterEvaluation(milliseconds(0)) == milliseconds(1'000));
  CHECK(PauseAfterEvaluation(milliseconds(100)) == milliseconds(2'000));
  CHECK(PauseAfterEvaluation(std::chrono::hours(3)) == milliseconds(10'000));
}

TEST_CASE("the leader polls more than twice as often as a standby", "[port_watch]") {
  Stage stage;
  // Nobody listens there, so that each poll ends at once and the pauses alone make the difference.
  const PortWatch& leader = stage.Start(1, true, milliseconds(20));
  const PortWatch& standby = stage.Start(1, false, milliseconds(20));
  const auto polls = [](const PortWatch& watch) { return watch.polls(mesos::PollOutcome::kUnreachable); };
  stage.RunUntil([&] { return polls(leader) + polls(standby) == 15; });
  CHECK(polls(leader) > 2 * polls(standby));
}

TEST_CASE("a standby that becomes the leader polls as soon as a leader would", "[port_watch]") {
  Stage stage;
  PortSpaceOptions options;
  options.mesos.masters = {{.host = "127.0.0.1", .port = 1}};
  options.poll_period = milliseconds(300);
  options.rules.framework_roles = {"*"};
  bool leads = false;
  const PortWatch& standby = stage.Start(options, [] { return false; });
  const PortWatch& leader = stage.Start(options, [&leads] { return leads; });
  const auto polls = [](const PortWatch& watch) { return watch.polls(mesos::PollOutcome::kUnreachable); };
  stage.RunUntil([&] { return polls(leader) + polls(standby) == 2; });
  leads = true;
  stage.RunUntil([&] { return polls(leader) == 2; });
  CHECK(polls(standby) == 1);
}

TEST_CASE("changes in the cluster are evaluated without another poll", "[port_watch]") {
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), true, std::chrono::hours(1));
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(watch.report()->space.node_ports().empty());
  CHECK(watch.FreePort() == "31009 is free on 1 of 1 agent");
  kube::Service service = test::MakeService("front").Port({.number = 80});
  service.ports[0].node_port = 31009;
  service.meta.resource_version = "1";
  stage.cluster.cache.services().Apply(std::move(service));
  stage.RunUntil([&] { return !watch.report()->space.node_ports().empty(); });
  CHECK(watch.FreePort() == "31008 is free on 1 of 1 agent");
  stage.cluster.cache.pods().Apply(PodOutsideOffers("uid-1"));
  stage.RunUntil([&] { return !watch.findings()->empty(); });
  CHECK(watch.report()->poll == 1);
  CHECK(stage.master->polls() == 1);
}

TEST_CASE("what changes during an evaluation is evaluated afterwards", "[port_watch]") {
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), true, std::chrono::hours(1));
  // A pod comes in each turn of the loop from the poll to the report, so that some come during the
  // evaluation.
  std::size_t pods = 0;
  stage.RunUntil([&] {
    if (watch.report() != nullptr) return true;
    if (watch.polls(mesos::PollOutcome::kOk) == 0) return false;
    kube::Pod pod = PodOutsideOffers("uid-" + std::to_string(++pods));
    pod.meta.name = kube::Symbol("web-" + std::to_string(pods));
    pod.meta.resource_version = std::to_string(pods);
    stage.cluster.cache.pods().Apply(std::move(pod));
    return false;
  });
  REQUIRE(pods > 0);
  stage.RunUntil(
      [&] { return watch.report()->pods[static_cast<std::size_t>(ports::Verdict::kNever)] == pods; });
  CHECK(stage.master->polls() == 1);
}

// What is wrong with PodOutsideOffers().
const char* const kNever = "pod default/web can never be scheduled";

TEST_CASE("a replica that becomes leader reports what is wrong without a change or another evaluation",
          "[port_watch]") {
  Stage stage;
  bool leads = false;
  PortSpaceOptions options;
  options.mesos.masters = {{.host = "127.0.0.1", .port = stage.master->port()}};
  options.poll_period = std::chrono::hours(1);
  const PortWatch& watch = stage.Start(options, [&leads] { return leads; });
  stage.cluster.cache.pods().Apply(PodOutsideOffers("uid-1"));
  stage.RunUntil([&] { return !watch.findings()->empty(); });
  const auto report = watch.report();
  leads = true;
  stage.RunUntil([&] { return stage.log.Count(kNever) == 1; });
  CHECK(stage.events.size() == 1);
  CHECK(watch.report() == report);
}

TEST_CASE("a replica that leads again logs again what another leader may have reported meanwhile",
          "[port_watch]") {
  Stage stage;
  bool leads = true;
  PortSpaceOptions options;
  options.mesos.masters = {{.host = "127.0.0.1", .port = stage.master->port()}};
  options.poll_period = milliseconds(100);
  const PortWatch& watch = stage.Start(options, [&leads] { return leads; });
  stage.cluster.cache.pods().Apply(PodOutsideOffers("uid-1"));
  stage.RunUntil([&] { return stage.log.Count(kNever) == 1; });
  leads = false;
  // A replica that does not lead looks at the findings of each evaluation, too.
  const std::uint64_t poll = watch.report()->poll;
  stage.RunUntil([&] { return watch.report()->poll > poll; });
  leads = true;
  stage.RunUntil([&] { return stage.log.Count(kNever) == 2; });
  CHECK(stage.events.size() == 1);
}

TEST_CASE("a finding that needs two polls is reported, and its end is logged", "[port_watch]") {
  Stage stage;
  stage.Start(stage.master->port(), true, milliseconds(100));
  kube::Pod pod = test::MakePod("static").On("node-1", "10.0.0.1").Port({.host_port = 31005});
  pod.meta.resource_version = "1";
  stage.cluster.cache.pods().Apply(std::move(pod));
  stage.RunUntil([&] { return !stage.events.empty(); });
  CHECK(stage.events[0].reason == "HostPortUnaccounted");
  CHECK(stage.log.Count("W pod default/static holds host port 31005 on agent node-1, which Mesos takes") ==
        1);
  stage.master->state() = StateOf("node-1 ports:[31000-31009] [31005-31005]\n");
  stage.RunUntil(
      [&] { return stage.log.Count("I pod default/static no longer holds host port 31005") == 1; });
}

TEST_CASE("agents are evaluated anew, with the labels of their Nodes, as soon as Nodes are known",
          "[port_watch]") {
  const bool registered = GENERATE(false, true);
  CAPTURE(registered);
  const std::string node =
      R"({"metadata":{"name":"node-1","uid":"u1","resourceVersion":"9","labels":{"zone":"z1"}}})";
  const std::string list = client::JsonAnswer(
      R"({"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[)" +
      (registered ? node : "") + "]}");
  // The watch is accepted and sends no events.
  const std::string watch_head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  ports_program::Servers api({{{list}, {watch_head}}});
  Stage stage(api.port());
  const PortWatch& watch = stage.Start(stage.master->port(), true, std::chrono::hours(1));
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK_FALSE(watch.report()->space.nodes_known());
  stage.cluster.cache.StartNodes(stage.tasks, {});
  stage.RunUntil([&] { return watch.report()->space.nodes_known(); });
  const ports::Agent& agent = watch.report()->space.agents()[0];
  CHECK(agent.labels_from == (registered ? ports::LabelSource::kNode : ports::LabelSource::kNoNode));
  CHECK((agent.labels.Find("zone") != nullptr) == registered);
  CHECK(watch.report()->poll == 1);
}

TEST_CASE("a report says whether it covers the pods of all namespaces", "[port_watch]") {
  const bool all_namespaces = GENERATE(true, false);
  Stage stage;
  PortSpaceOptions options;
  options.mesos.masters = {{.host = "127.0.0.1", .port = stage.master->port()}};
  options.all_namespaces = all_namespaces;
  const PortWatch& watch = stage.Start(options, [] { return true; });
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(watch.report()->space.all_namespaces() == all_namespaces);
}

TEST_CASE("the report and the log name the master that has become leader", "[port_watch]") {
  Stage stage;
  const auto other =
      mock_master::MockMaster::Listen(stage.cluster.io.get_executor(), "127.0.0.1", 0, StateOf(kOneAgent))
          .value();
  stage.tasks.Spawn("other master", other->Run());
  other->state().leads = false;
  PortSpaceOptions options;
  options.mesos.masters = {{.host = "127.0.0.1", .port = stage.master->port()},
                           {.host = "127.0.0.1", .port = other->port()}};
  options.poll_period = milliseconds(100);
  const PortWatch& watch = stage.Start(options, [] { return true; });
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(watch.report()->master == stage.master->address());
  std::swap(stage.master->state().leads, other->state().leads);
  stage.RunUntil([&] { return watch.report()->master == other->address(); });
  CHECK(stage.log.Count("I Mesos master " + stage.master->address() + " leads; ") == 1);
  CHECK(stage.log.Count("I Mesos master " + other->address() + " leads; ") == 1);
  // The tasks refer to `other`.
  stage.tasks.Cancel();
  stage.master->Stop();
  other->Stop();
  stage.RunUntil([&] { return stage.tasks.empty(); });
}

TEST_CASE("a cancelled poll is neither counted nor logged", "[port_watch]") {
  const bool answers = GENERATE(false, true);
  CAPTURE(answers);
  Stage stage;
  // The server names itself as leader, and begins a list that it never finishes.
  const std::string redirect =
      client::AnswerWith("307 Temporary Redirect", "Location: /master/redirect\r\n", "");
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
  client::ScriptServer::Script script;
  if (answers) script = {{{redirect, true}}, {{head}}};
  client::ScriptServer server(stage.cluster.io, std::move(script));
  const PortWatch& watch = stage.Start(server.config().port, true, milliseconds(100));
  stage.RunUntil([&] { return answers ? server.requests().size() == 2 : server.connections() == 1; });
  while (stage.cluster.io.poll() > 0) {
  }
  stage.tasks.Cancel();
  stage.master->Stop();
  stage.RunUntil([&] { return stage.tasks.empty(); });
  CHECK(watch.polls(mesos::PollOutcome::kUnreachable) == 0);
  CHECK(watch.polls(mesos::PollOutcome::kMalformed) == 0);
  CHECK(stage.log.Count("no agents from Mesos") == 0);
}

TEST_CASE("the first list from a master is logged with all that its agents offer", "[port_watch]") {
  struct Case {
    std::string agents;
    std::string offers;
  };
  const auto [agents, offers] = GENERATE(
      Case{kOneAgent, "1 agent offers 10 host ports (31000-31009), 10 are free"},
      Case{
          "n1 ports:[31000-31001];ports(fixed):[80-80] [31000-31000]\nn2 ports:[1-1,3-3,5-5,7-7,9-9,11-11]\n",
          "2 agents offer 8 host ports (1,3,5,7,9,11,...), 7 are free"});
  Stage stage;
  stage.master->state() = StateOf(agents);
  stage.Start(stage.master->port(), true, milliseconds(100));
  stage.RunUntil([&] { return stage.log.Count(" leads; ") > 0; });
  CHECK(stage.log.Count("I Mesos master 127.0.0.1:" + std::to_string(stage.master->port()) + " leads; " +
                        offers) == 1);
}

}  // namespace
}  // namespace k8sm::controller
