#include "controller/ports_program/live_source.h"

#include "controller/ports_program/program.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"
#include "test/unit/client/script_server.h"
#include "test/unit/ports_program/servers.h"

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

using client::AnswerWith;
using client::JsonAnswer;

const std::string kRedirect = AnswerWith("307 Temporary Redirect", "Location: /master/redirect\r\n", "");
const std::string kNoNodes =
    AnswerWith("403 Forbidden", "Content-Type: application/json\r\n",
               R"({"kind":"Status","message":"nodes is forbidden","reason":"Forbidden","code":403})");
const std::string kAgents =
    R"({"slaves":[{"id":"S0","hostname":"n0","attributes":{"rack":"r1"},"used_resources":{},)"
    R"("unreserved_resources":{"ports":"[31000-31001]"}}],"recovered_slaves":[{}]})";

std::string List(const std::string& kind, const std::string& items, const std::string& next = "") {
  return JsonAnswer(R"({"kind":")" + kind + R"(List","metadata":{"resourceVersion":"1","continue":")" + next +
                    R"("},"items":[)" + items + "]}");
}

// All agents, no pods and Services, and this answer to the list of Nodes.
client::ScriptServer::Script WithNodes(const std::string& answer) {
  const std::string agents =
      R"({"slaves":[{"id":"S0","hostname":"n0","attributes":{"rack":"r1"},"used_resources":{},)"
      R"("unreserved_resources":{"ports":"[31000-31001]"}}],"recovered_slaves":[]})";
  return {{{kRedirect, true}},
          {{JsonAnswer(agents), true}},
          {{List("Pod", "")}, {List("Service", "")}, {answer}}};
}

Options LiveOptions(const Servers& servers) {
  Options options;
  options.mesos_masters = mesos::ParseMasters(servers.address()).value();
  options.master = "http://" + servers.address();
  options.use_api_server = true;
  return options;
}

TEST_CASE("LoadLive reads agents, pods, Services and Nodes from a live cluster", "[ports_program]") {
  const std::string pod = R"({"metadata":{"name":"a","namespace":"s"},"spec":{"nodeName":"n0","containers":[)"
                          R"({"ports":[{"containerPort":80,"hostPort":31000}]}]}})";
  Servers servers({{{kRedirect, true}},
                   {{JsonAnswer(kAgents), true}},
                   {{List("Pod", pod, "more")},
                    {List("Pod", "")},
                    {List("Service", R"({"metadata":{"name":"f"},"spec":{"ports":[{"nodePort":31001}]}})")},
                    {List("Node", R"({"metadata":{"name":"n0","labels":{"zone":"z1"}}})")}}});
  const auto state = LoadLive(LiveOptions(servers));
  servers.Stop();
  REQUIRE(state.has_value());
  CHECK(state->space.agents().size() == 1);
  CHECK(state->space.holders().size() == 1);
  CHECK(state->space.node_ports().Contains(31001));
  CHECK(state->source == servers.address());
  CHECK(state->age_seconds.has_value());
  // One agent has not registered again.
  CHECK_FALSE(state->space.complete());
  // The Node's labels, not the agent's attributes.
  CHECK(state->space.agents()[0].labels.Find("zone") != nullptr);
  CHECK(state->space.agents()[0].labels.size() == 1);
  REQUIRE(servers.requests().size() == 6);
  CHECK(servers.requests()[2].starts_with("GET /api/v1/pods?limit=500 "));
  CHECK(servers.requests()[3].starts_with("GET /api/v1/pods?limit=500&continue=more "));
}

TEST_CASE("a list that is refused leaves the state unknown", "[ports_program]") {
  Servers servers(
      {{{kRedirect, true}},
       {{JsonAnswer(kAgents), true}},
       {{AnswerWith("403 Forbidden", "Content-Type: application/json\r\n",
                    R"({"kind":"Status","message":"pods is forbidden","reason":"Forbidden","code":403})")}}});
  const auto state = LoadLive(LiveOptions(servers));
  servers.Stop();
  REQUIRE(state.has_error());
  CHECK(state.error().code == Errc::kForbidden);
  CHECK(state.error().message == "pods: pods is forbidden");
}

TEST_CASE("without permission to list Nodes, their labels are unknown, and any other error is one",
          "[ports_program]") {
  Servers servers(WithNodes(kNoNodes));
  const auto state = LoadLive(LiveOptions(servers));
  REQUIRE(state.has_value());
  CHECK_FALSE(state->space.nodes_known());
  CHECK(state->space.complete());
  CHECK(state->space.agents()[0].labels_from == ports::LabelSource::kAgent);
  CHECK(state->cluster.nodes_refusal == "nodes: nodes is forbidden");
  Servers broken(WithNodes(AnswerWith("500 Internal Server Error", "", "")));
  const auto unknown = LoadLive(LiveOptions(broken));
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().code == Errc::kServerError);
  CHECK(unknown.error().message.starts_with("nodes: "));
}

TEST_CASE("a warning says that Nodes may not be listed, and what depends on them is not certain",
          "[ports_program]") {
  const std::string warning =
      "k8sm-ports: warning: the labels of Nodes are not known, because nodes may not be listed: nodes: nodes "
      "is forbidden\n";
  const auto run = [](std::vector<std::string> arguments, std::string& err) {
    Servers servers(WithNodes(kNoNodes));
    arguments.insert(arguments.end(),
                     {"-mesos_master", servers.address(), "-master", "http://" + servers.address()});
    std::ostringstream out;
    std::ostringstream errors;
    const int code = RunProgram(arguments, out, errors, false);
    err = errors.str();
    return code;
  };
  std::string err;
  CHECK(run({"suggest", "1"}, err) == 0);
  CHECK(err == warning);
  const test::TempDirectory directory;
  const std::string manifest = directory.Write(
      "pod.json",
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"cache"},"spec":{"nodeSelector":{"zone":"b"},)"
      R"("containers":[{"ports":[{"containerPort":80,"hostPort":31000}]}]}})");
  CHECK(run({"check", manifest}, err) == 3);
  CHECK(err == warning +
                   "k8sm-ports: a nodeSelector names labels of Nodes, which are not known, because nodes may "
                   "not be listed\n");
}

TEST_CASE("a page that does not say whether more follow leaves the state unknown", "[ports_program]") {
  const std::string metadata =
      GENERATE(as<std::string>(), R"({"continue":7,"resourceVersion":"1"})", R"({"continue":"more"})", "{}");
  CAPTURE(metadata);
  Servers servers({{{kRedirect, true}},
                   {{JsonAnswer(kAgents), true}},
                   {{JsonAnswer(R"({"kind":"PodList","metadata":)" + metadata + R"(,"items":[]})")},
                    {List("Service", "")},
                    {List("Node", "")}}});
  const auto state = LoadLive(LiveOptions(servers));
  REQUIRE(state.has_error());
  CHECK(state.error().message.starts_with("pods: a list's metadata: "));
}

TEST_CASE("a server that names the same page again and again is left", "[ports_program]") {
  Servers servers({{{kRedirect, true}},
                   {{JsonAnswer(kAgents), true}},
                   {{List("Pod", "", "more")}, {List("Pod", "", "again")}, {List("Pod", "", "again")}}});
  const auto state = LoadLive(LiveOptions(servers));
  REQUIRE(state.has_error());
  CHECK(state.error().code == Errc::kMalformed);
  CHECK(state.error().message == "pods: the server names the page that it returns as the next one");
}

TEST_CASE("a list that is cut off leaves the state unknown, and so does a master that cannot be reached",
          "[ports_program]") {
  Servers servers(
      {{{kRedirect, true}}, {{JsonAnswer(kAgents), true}}, {{JsonAnswer(R"({"kind":"PodList","items":[)")}}});
  const auto state = LoadLive(LiveOptions(servers));
  REQUIRE(state.has_error());
  CHECK(state.error().message == "pods: a list that was cut off, or is none");
  Options options;
  options.mesos_masters = mesos::ParseMasters("127.0.0.1:1").value();
  const auto unreachable = LoadLive(options);
  REQUIRE(unreachable.has_error());
  CHECK(unreachable.error().message.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("without an API server there are no pods, and no labels of Nodes", "[ports_program]") {
  Servers servers({{{kRedirect, true}}, {{JsonAnswer(kAgents), true}}});
  Options options;
  options.mesos_masters = mesos::ParseMasters(servers.address()).value();
  const auto state = LoadLive(options);
  REQUIRE(state.has_value());
  CHECK(state->cluster.pods.empty());
  CHECK_FALSE(state->space.nodes_known());
  CHECK(state->warnings == std::vector<std::string>{"1 agent has not registered again since a failover"});
}

TEST_CASE("a file that cannot be used is named, and the exit code tells it from an unreachable master",
          "[ports_program]") {
  const test::TempDirectory directory;
  Options options;
  options.mesos_masters = mesos::ParseMasters("127.0.0.1:1").value();
  options.mesos_credentials_file = directory.path() + "/none";
  CHECK(LoadLive(options).error().code == Errc::kInvalidConfig);
  options.mesos_credentials_file = "";
  options.use_api_server = true;
  options.kubeconfig = directory.path() + "/none";
  const auto state = LoadLive(options);
  REQUIRE(state.has_error());
  CHECK(state.error().code == Errc::kInvalidConfig);
  CHECK(state.error().message.find(options.kubeconfig) != std::string::npos);
  std::ostringstream out;
  std::ostringstream err;
  const std::vector<std::string> map = {"map", "-mesos_master", "127.0.0.1:1"};
  CHECK(RunProgram(map, out, err, false) == 3);
  std::vector<std::string> wrong = map;
  wrong.insert(wrong.end(), {"-kubeconfig", options.kubeconfig});
  CHECK(RunProgram(wrong, out, err, false) == 2);
}

TEST_CASE("masters are reached and trusted as the flags say", "[ports_program]") {
  const test::TestAuthority authority("ca");
  auto context = test::ServerContext(authority.Issue("master", "IP:127.0.0.1"));
  const test::TempDirectory directory;
  const std::string credentials = directory.Write("credentials", "k8sm\nsecret\n");
  const std::string header = "Authorization: Basic azhzbTpzZWNyZXQ=\r\n";
  const client::ScriptServer::Script script = {{{kRedirect, true}}, {{JsonAnswer(kAgents), true}}};
  Options options;
  options.mesos_credentials_file = credentials;
  SECTION("https with the system's CA certificates") {
    Servers servers(script, &context);
    options.mesos_masters = mesos::ParseMasters("https://" + servers.address()).value();
    CHECK(LoadLive(options).has_error());  // not issued by an authority that the system trusts
  }
  SECTION("https with -mesos_ca_file and credentials") {
    Servers servers(script, &context);
    options.mesos_masters = mesos::ParseMasters("https://" + servers.address()).value();
    options.mesos_ca_file = directory.Write("ca.pem", authority.cert_pem());
    CHECK(LoadLive(options).has_value());
    servers.Stop();
    for (const std::string& request : servers.requests()) CHECK(request.find(header) != std::string::npos);
  }
  SECTION("http with credentials only if -mesos_insecure_credentials is given") {
    options.mesos_insecure_credentials = GENERATE(true, false);
    Servers servers(script);
    options.mesos_masters = mesos::ParseMasters(servers.address()).value();
    CHECK(LoadLive(options).has_value());
    servers.Stop();
    for (const std::string& request : servers.requests())
      CHECK((request.find(header) != std::string::npos) == options.mesos_insecure_credentials);
  }
}

TEST_CASE("agents from an old master are incomplete if the framework has several roles", "[ports_program]") {
  // Without used_resources this is Mesos 0.22, which shows only one role of an agent.
  const std::string agents =
      R"({"slaves":[{"id":"S0","hostname":"n0","registered_time":1.0,"resources":{"ports":"[31000-31001]"}}]})";
  Servers servers({{{kRedirect, true}}, {{JsonAnswer(agents), true}}});
  Options options;
  options.mesos_masters = mesos::ParseMasters(servers.address()).value();
  const bool several = GENERATE(true, false);
  options.rules.framework_roles =
      several ? std::vector<std::string>{"*", "web"} : std::vector<std::string>{"*"};
  const auto state = LoadLive(options);
  REQUIRE(state.has_value());
  CHECK(state->space.complete() == !several);
}

}  // namespace
}  // namespace k8sm::ports_program
