#include "controller/ports_program/from_source.h"

#include "controller/ports_program/program.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"
#include "test/unit/client/script_server.h"
#include "test/unit/ports_program/servers.h"

#include <sstream>
#include <string>
#include <vector>

namespace k8sm::ports_program {
namespace {

using client::AnswerWith;
using client::JsonAnswer;

const std::string kSummary = JsonAnswer(
    R"({"snapshot":{"master":"m1:5050","age_seconds":4,"complete":true,"fresh":true,"agents":1}})");
const std::string kAgents = JsonAnswer(
    R"({"slaves":[{"id":"S0","hostname":"n0","used_resources":{},"unreserved_resources":{"ports":"[31000-31001]"}}]})");
const std::string kPods = JsonAnswer(
    R"({"kind":"List","items":[{"kind":"Pod","metadata":{"namespace":"shop","name":"web"},)"
    R"("spec":{"nodeName":"n0","containers":[{"ports":[{"containerPort":80,"hostPort":31000}]}]},"status":{}}]})");

// The error when a controller answers with this status.
std::string ErrorFor(const std::string& status) {
  Servers servers({{{AnswerWith(status, "Content-Type: text/plain\r\n", "no"), true}}});
  Options options;
  options.from = "http://" + servers.address();
  const auto state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().message.starts_with(options.from + ": "));
  return state.error().message;
}

TEST_CASE("LoadFrom reads agents and pods from a controller over https with a token", "[ports_program]") {
  const test::TestAuthority authority("ca");
  auto context = test::ServerContext(authority.Issue("controller", "IP:127.0.0.1"));
  const test::TempDirectory directory;
  Servers servers({{{kSummary}, {kAgents}, {kPods}}}, &context);
  Options options;
  options.from = "https://" + servers.address();
  options.from_token_file = directory.Write("token", "a-token\n");
  options.from_ca_file = directory.Write("ca.pem", authority.cert_pem());
  const auto state = LoadFrom(options);
  servers.Stop();
  REQUIRE(state.has_value());
  CHECK(state->source == "m1:5050");
  CHECK(state->age_seconds == 4);
  CHECK(state->space.known());
  CHECK(state->space.holders().size() == 1);
  REQUIRE(servers.requests().size() == 3);
  CHECK(servers.requests()[0].starts_with("GET /debug/ports?format=json&rows=1 "));
  CHECK(servers.requests()[1].starts_with("GET /debug/ports/agents "));
  CHECK(servers.requests()[2].starts_with("GET /debug/ports/pods "));
  for (const std::string& request : servers.requests())
    CHECK(request.find("Authorization: Bearer a-token\r\n") != std::string::npos);
}

TEST_CASE("LoadFrom takes over the scheduler's rules and whether Nodes are known", "[ports_program]") {
  const std::string summary = JsonAnswer(
      R"({"snapshot":{"master":"m1:5050","age_seconds":4,"complete":true,"fresh":true,"nodes_known":true,"agents":1},)"
      R"("scheduler":{"framework_roles":["*","fixed"],"default_pod_roles":["fixed"],"host_port_endpoints":false}})");
  Servers servers({{{summary}, {kAgents}, {kPods}}});
  Options options;
  options.from = "http://" + servers.address();
  const auto state = LoadFrom(options);
  REQUIRE(state.has_value());
  CHECK(state->space.nodes_known());
  CHECK(state->space.agents()[0].labels_from == ports::LabelSource::kNoNode);
  REQUIRE(state->rules.has_value());
  CHECK(state->rules->framework_roles == std::vector<std::string>{"*", "fixed"});
  CHECK(state->rules->default_roles == std::vector<std::string>{"fixed"});
  CHECK_FALSE(state->rules->wildcard);
}

TEST_CASE("with a controller of an earlier version, the scheduler's rules are left to the flags",
          "[ports_program]") {
  Servers servers({{{kSummary}, {kAgents}, {kPods}}});
  Options options;
  options.from = "http://" + servers.address();
  const auto state = LoadFrom(options);
  REQUIRE(state.has_value());
  CHECK_FALSE(state->rules.has_value());
  CHECK_FALSE(state->space.nodes_known());
}

TEST_CASE("if the controller does not know Nodes, check refers to the controller's log", "[ports_program]") {
  Servers servers({{{kSummary}, {kAgents}, {kPods}}});
  const test::TempDirectory directory;
  const std::string manifest = directory.Write(
      "pod.json",
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"cache"},"spec":{"nodeSelector":{"zone":"b"},)"
      R"("containers":[{"ports":[{"containerPort":80,"hostPort":31000}]}]}})");
  std::ostringstream out;
  std::ostringstream err;
  CHECK(RunProgram({"check", manifest, "-from", "http://" + servers.address()}, out, err, false) == 3);
  CHECK(err.str() ==
        "k8sm-ports: a nodeSelector names labels of Nodes, which the controller does not know or which are "
        "outdated; its log says why\n");
}

TEST_CASE("LoadFrom takes over whether the controller's data is complete, fresh and from all namespaces",
          "[ports_program]") {
  struct Case {
    std::string member;
    bool complete, fresh, all_namespaces;
  };
  const auto [member, complete, fresh, all_namespaces] =
      GENERATE(Case{R"("complete":true,"fresh":true,"all_namespaces":true)", true, true, true},
               Case{R"("complete":false,"fresh":true,"all_namespaces":true)", false, true, true},
               Case{R"("complete":true,"fresh":false,"all_namespaces":true)", true, false, true},
               Case{R"("complete":true,"fresh":true,"all_namespaces":false)", true, true, false},
               // An earlier version does not say it.
               Case{R"("complete":true,"fresh":true)", true, true, true});
  CAPTURE(member);
  const std::string summary =
      JsonAnswer(R"({"snapshot":{"master":"m1:5050","age_seconds":4,"agents":1,)" + member + "}}");
  Servers servers({{{summary}, {kAgents}, {kPods}}});
  Options options;
  options.from = "http://" + servers.address();
  const auto state = LoadFrom(options);
  REQUIRE(state.has_value());
  CHECK(state->space.complete() == complete);
  CHECK(state->space.fresh() == fresh);
  CHECK(state->space.all_namespaces() == all_namespaces);
}

TEST_CASE("an untrusted certificate is reported with the flag that helps", "[ports_program]") {
  const test::TestAuthority authority("ca");
  auto context = test::ServerContext(authority.Issue("controller", "IP:127.0.0.1"));
  Servers servers({{{kSummary}}}, &context);
  Options options;
  options.from = "https://" + servers.address();
  const auto state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().code == Errc::kUnavailable);
  CHECK(state.error().message.find("pass -from_ca_file") != std::string::npos);
}

TEST_CASE("a refusal without a token advises to pass one", "[ports_program]") {
  const test::TestAuthority authority("ca");
  auto context = test::ServerContext(authority.Issue("controller", "IP:127.0.0.1"));
  const test::TempDirectory directory;
  Servers servers({{{AnswerWith("403 Forbidden", "Content-Type: text/plain\r\n", "no"), true}}}, &context);
  Options options;
  options.from = "https://" + servers.address();
  options.from_ca_file = directory.Write("ca.pem", authority.cert_pem());
  const auto state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().message.find("pass -from_token_file") != std::string::npos);
}

TEST_CASE("a refusal by the controller says what to change", "[ports_program]") {
  CHECK(ErrorFor("401 Unauthorized").find("pass -from_token_file") != std::string::npos);
  CHECK(ErrorFor("403 Forbidden").find("verb get on the nonResourceURLs /debug/ports, ") !=
        std::string::npos);
  CHECK(ErrorFor("404 Not Found").find("run with -mesos_master") != std::string::npos);
}

// Reads from a controller with these answers, over http.
Result<State> Load(const std::vector<client::Turn>& answers) {
  Servers servers({answers});
  Options options;
  options.from = "http://" + servers.address();
  return LoadFrom(options);
}

TEST_CASE("a list that the controller refuses or cuts off leaves the state unknown", "[ports_program]") {
  const std::string forbidden = AnswerWith("403 Forbidden", "Content-Type: text/plain\r\n", "no");
  for (const auto& answers : std::vector<std::vector<client::Turn>>{
           {{kSummary}, {forbidden, true}}, {{kSummary}, {kAgents}, {forbidden, true}}}) {
    const auto state = Load(answers);
    REQUIRE(state.has_error());
    CHECK(state.error().code == Errc::kForbidden);
  }
  const std::string no_list = JsonAnswer("{}");
  CHECK(Load({{kSummary}, {no_list}, {kPods}}).has_error());
  CHECK(Load({{kSummary}, {kAgents}, {no_list}}).has_error());
  CHECK(Load({{kSummary}, {kAgents}, {JsonAnswer(R"({"items":[)")}}).has_error());
}

TEST_CASE("an answer that cannot be a controller's is refused as malformed", "[ports_program]") {
  for (const char* summary : {"{}", R"({"snapshot":{"master":""}})", R"({"snapshot":{"master":7}})",
                              R"({"snapshot":{"master":"m1:5050","complete":"yes"}})", "[]"}) {
    CAPTURE(summary);
    const auto state = Load({{JsonAnswer(summary)}, {kAgents}, {kPods}});
    REQUIRE(state.has_error());
    CHECK(state.error().code == Errc::kMalformed);
    CHECK(state.error().message == "/debug/ports is not what a controller answers");
  }
  CHECK(Load({{JsonAnswer("{")}, {kAgents}, {kPods}}).has_error());
}

TEST_CASE("a /debug/ports page of more than 8 MiB is refused", "[ports_program]") {
  const std::string head = R"({"snapshot":{"master":"m1:5050","complete":true,"fresh":true},"x":")";
  const auto load = [&](std::size_t size) {
    return Load({{JsonAnswer(head + std::string(size - head.size() - 2, 'x') + "\"}")}, {kAgents}, {kPods}});
  };
  CHECK(load(8 << 20).has_value());
  const auto state = load((8 << 20) + 1);
  REQUIRE(state.has_error());
  CHECK(state.error().message.find("/debug/ports is larger than 8 MiB") != std::string::npos);
}

TEST_CASE("each refusal has its advice, which does not ask for a token or CA file that is already given",
          "[ports_program]") {
  CHECK(ErrorFor("500 Internal Server Error")
            .ends_with("; try again in a moment; the controller's log says why if it goes on"));
  CHECK(ErrorFor("410 Gone").find("; ") == std::string::npos);
  Options options;
  options.from = "http://127.0.0.1:1";
  const auto unreachable = LoadFrom(options);
  REQUIRE(unreachable.has_error());
  CHECK(unreachable.error().message.ends_with(
      "; a controller that listens off loopback serves https: is it https://?"));

  const test::TestAuthority authority("ca");
  auto context = test::ServerContext(authority.Issue("controller", "IP:127.0.0.1"));
  const test::TempDirectory directory;
  options.from_token_file = directory.Write("token", "a-token\n");
  options.from_ca_file = directory.Write("ca.pem", authority.cert_pem());
  const auto error_for = [&](const std::string& status) {
    Servers servers({{{AnswerWith(status, "Content-Type: text/plain\r\n", "no"), true}}}, &context);
    options.from = "https://" + servers.address();
    return LoadFrom(options).error().message;
  };
  const std::string unauthorized = error_for("401 Unauthorized");
  CHECK(unauthorized.find("pass -from_token_file") == std::string::npos);
  CHECK(unauthorized.find("the token of -from_token_file") != std::string::npos);
  CHECK(error_for("403 Forbidden")
            .ends_with(
                "; the user needs the verb get on the nonResourceURLs /debug/ports, /debug/ports/agents and "
                "/debug/ports/pods: bind a ClusterRole with it"));
  // The server's certificate is from another authority.
  options.from_ca_file = directory.Write("other.pem", test::TestAuthority("other").cert_pem());
  CHECK(error_for("200 OK").find("pass -from_ca_file") == std::string::npos);
}

TEST_CASE("LoadFrom names a file that cannot be used", "[ports_program]") {
  const test::TempDirectory directory;
  Options options;
  options.from = "https://127.0.0.1:1";
  options.from_token_file = directory.path() + "/none";
  auto state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().code == Errc::kInvalidConfig);
  CHECK(state.error().message.find(options.from_token_file) != std::string::npos);
  options.from_token_file = "";
  options.from_ca_file = directory.Write("ca.pem", "no certificate");
  state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().message.find(options.from_ca_file) != std::string::npos);
  options.from_ca_file = directory.path() + "/none.pem";
  state = LoadFrom(options);
  REQUIRE(state.has_error());
  CHECK(state.error().message.find(options.from_ca_file) != std::string::npos);
}

TEST_CASE("map uses the framework roles of the controller", "[ports_program]") {
  const std::string summary = JsonAnswer(
      R"({"snapshot":{"master":"m1:5050","age_seconds":4,"complete":true,"fresh":true,"nodes_known":true,"agents":1},)"
      R"("scheduler":{"framework_roles":["*","fixed"],"default_pod_roles":["*"],"host_port_endpoints":true}})");
  Servers servers({{{summary}, {kAgents}, {kPods}}});
  std::ostringstream out;
  std::ostringstream err;
  CHECK(RunProgram({"map", "-from", "http://" + servers.address()}, out, err, false) == 0);
  CHECK(out.str().find("from m1:5050, 4 s ago, complete\n") != std::string::npos);
  CHECK(out.str().find("warning: role \"fixed\" has ports on no agent: ") != std::string::npos);
}

}  // namespace
}  // namespace k8sm::ports_program
