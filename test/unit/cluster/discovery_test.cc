#include "controller/cluster/discovery.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/recording.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <memory>
#include <optional>
#include <string>

namespace k8sm::controller {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using client::ServerCapabilities;
using client::Turn;

std::string Recorded(const std::string& name) {
  return JsonAnswer(test::LoadRecording(name).body);
}

const std::string kForbidden =
    AnswerWith("403 Forbidden", "Content-Type: application/json\r\n",
               R"({"kind":"Status","status":"Failure","message":"not you","reason":"Forbidden","code":403})");
const std::string kNotFound =
    AnswerWith("404 Not Found", "Content-Type: text/plain\r\n", "404 page not found");

struct Fixture {
  explicit Fixture(std::vector<Turn> turns)
      : server(io, {std::move(turns)}),
        client(client::ApiClient::Create(io.get_executor(), server.config(), {}).value()) {}

  // "/version" of the request of that number.
  std::string Target(std::size_t number) const {
    const std::string& text = server.requests().at(number);
    return text.substr(4, text.find(" HTTP/") - 4);
  }

  asio::io_context io;
  client::ScriptServer server;
  std::unique_ptr<client::ApiClient> client;
  Discovery discovery{*client};
  test::LogCapture log;
};

TEST_CASE("Ask requests the version and the API groups once and logs the server in one line") {
  Fixture f({{Recorded("k8s-1.1-version")}, {Recorded("k8s-1.1-apis")}});
  const ServerCapabilities server = client::Run(f.io, f.discovery.Ask());
  CHECK(server.major == 1);
  CHECK(server.minor == 1);
  CHECK_FALSE(server.leases);
  CHECK_FALSE(server.streaming_lists);
  CHECK(f.server.requests().size() == 2);
  CHECK(f.Target(0) == "/version");
  CHECK(f.Target(1) == "/apis");
  CHECK(f.log.lines().size() == 1);
  CHECK(
      f.log.Count("I the API server is Kubernetes 1.1 (v1.1.0-release-1.1+$Format:%h$), which lacks leases, "
                  "EndpointSlices, streaming lists, nodeName in Endpoints, appProtocol in Endpoints") == 1);
  CHECK_FALSE(f.discovery.trouble().has_value());
}

TEST_CASE("Ask does without a version that is forbidden or not found") {
  for (const std::string& refusal : {kForbidden, kNotFound}) {
    Fixture f({{refusal}, {Recorded("discovery-apis")}});
    const ServerCapabilities server = client::Run(f.io, f.discovery.Ask());
    CHECK(server.major == 0);
    CHECK(server.leases);
    CHECK(server.slices);
  }
}

TEST_CASE("AskOnce does without a version after a 405 and fails after a 500 or a 401") {
  struct Case {
    std::string answer;
    std::optional<Errc> error;
  };
  const std::vector<Case> cases = {{AnswerWith("405 Method Not Allowed", "", "{}"), std::nullopt},
                                   {AnswerWith("500 Internal Server Error", "", "{}"), Errc::kServerError},
                                   {AnswerWith("401 Unauthorized", "", "{}"), Errc::kUnauthorized}};
  for (const Case& c : cases) {
    CAPTURE(c.answer);
    Fixture f({{c.answer}, {Recorded("discovery-apis")}});
    const auto server = client::Run(f.io, f.discovery.AskOnce());
    CHECK((server ? std::nullopt : std::optional(server.error().code)) == c.error);
    CHECK(f.server.requests().size() == (c.error ? 1 : 2));
  }
}

TEST_CASE("a server without /apis has no API groups") {
  Fixture f({{Recorded("k8s-1.1-version")}, {kNotFound}});
  const ServerCapabilities server = client::Run(f.io, f.discovery.Ask());
  CHECK_FALSE(server.leases);
  CHECK_FALSE(server.slices);
}

// Of 1.36.
std::string Apis(const std::string& group_versions) {
  return JsonAnswer(R"({"kind":"APIGroupList","groups":[)" + group_versions + "]}");
}

TEST_CASE("groups that a server does not list yet, having just started, are asked for one by one") {
  const std::string leases = R"({"name":"coordination.k8s.io","versions":[)"
                             R"({"groupVersion":"coordination.k8s.io/v1","version":"v1"}]})";
  const std::string served = JsonAnswer(R"({"kind":"APIResourceList"})");
  struct Case {
    std::string listed;
    std::vector<std::string> answers;
    bool leases, slices;
  };
  const std::vector<Case> cases = {{"", {served, served}, true, true},
                                   {leases, {served}, true, true},
                                   // Switched off with --runtime-config.
                                   {leases, {kNotFound}, true, false},
                                   {"", {kNotFound, served}, false, true}};
  for (const Case& c : cases) {
    CAPTURE(c.listed, c.answers);
    std::vector<Turn> turns{{Recorded("version")}, {Apis(c.listed)}};
    for (const std::string& answer : c.answers) turns.push_back({answer});
    Fixture f(turns);
    const ServerCapabilities server = client::Run(f.io, f.discovery.Ask());
    CHECK(server.leases == c.leases);
    CHECK(server.slices == c.slices);
    CHECK(f.server.requests().size() == turns.size());
    CHECK(f.Target(turns.size() - 1) == "/apis/discovery.k8s.io/v1");
  }
}

TEST_CASE("a server that does not say whether it serves a group is asked again") {
  for (const std::string& answer : {AnswerWith("503 Service Unavailable", "", "{}"), kForbidden}) {
    CAPTURE(answer);
    Fixture f({{Recorded("version")}, {Apis("")}, {answer}});
    const auto server = client::Run(f.io, f.discovery.AskOnce());
    REQUIRE(server.has_error());
    CHECK(f.Target(2) == "/apis/coordination.k8s.io/v1");
  }
}

TEST_CASE("Ask retries until it can read the answers, and reports and logs the trouble meanwhile") {
  Fixture f({{JsonAnswer("{}")},
             {kForbidden},
             {Recorded("version")},
             {kForbidden},
             {Recorded("version")},
             {JsonAnswer("nonsense")},
             {Recorded("version")},
             {Recorded("discovery-apis")}});
  std::optional<ServerCapabilities> server;
  TaskGroup tasks(f.io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); });
  const auto ask = [](Discovery& discovery, std::optional<ServerCapabilities>& answer) -> Awaitable<void> {
    answer = co_await discovery.Ask();
  };
  tasks.Spawn("ask", ask(f.discovery, server));
  std::optional<Errc> trouble;
  std::string troubles;
  while (!server && f.io.run_one() > 0) {
    const auto& now = f.discovery.trouble();
    if (now && now->code != trouble) troubles += std::string(ToString(now->code)) + " ";
    trouble = now ? std::optional(now->code) : std::nullopt;
  }
  REQUIRE(server.has_value());
  CHECK(server->streaming_lists);
  CHECK(troubles == "forbidden malformed input ");
  CHECK_FALSE(f.discovery.trouble().has_value());
  const std::string url = "W cannot ask http://127.0.0.1:" + std::to_string(f.server.config().port);
  REQUIRE(f.log.lines().size() == 3);
  CHECK(f.log.lines()[0] == url +
                                " what it serves: forbidden: not you; grant get on the non-resource URLs "
                                "/version, /apis and /apis/* (system:discovery); trying again");
  CHECK(f.log.lines()[1].starts_with(url + " what it serves: malformed input: "));
  CHECK(f.log.lines()[1].find("grant") == std::string::npos);
  CHECK(f.log.lines()[1].ends_with("; trying again"));
  CHECK(f.log.lines()[2].starts_with("I the API server is Kubernetes 1."));
}

TEST_CASE("requests that are cancelled at shutdown are not logged") {
  const bool of_namespace = GENERATE(true, false);
  Fixture f({});
  TaskGroup tasks(f.io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); });
  const auto ask = [](Discovery& discovery) -> Awaitable<void> { co_await discovery.Ask(); };
  const auto check = [](client::ApiClient& client) -> Awaitable<void> {
    co_await CheckNamespace(client, "shop");
  };
  tasks.Spawn("question", of_namespace ? check(*f.client) : ask(f.discovery));
  while (f.server.requests().empty()) f.io.run_one();
  tasks.Cancel();
  while (!tasks.empty()) f.io.run_one();
  CHECK(f.log.lines().empty());
}

TEST_CASE("CheckNamespace fails only if the namespace is known not to exist") {
  struct Case {
    std::string answer;
    bool fine;
    std::vector<std::string> lines;
  };
  const std::string warning = "W cannot check that namespace shop exists: ";
  const std::vector<Case> cases = {
      {JsonAnswer("{}"), true, {}},
      {kForbidden,
       true,
       {warning + "forbidden: not you; grant get on it: a wrong name looks like an empty namespace"}},
      {AnswerWith("500 Internal Server Error", "", "{}"), true, {warning + "server error: "}},
      {kNotFound, false, {}}};
  for (const Case& c : cases) {
    CAPTURE(c.answer);
    Fixture f({{c.answer}});
    const auto exists = client::Run(f.io, CheckNamespace(*f.client, "shop"));
    CHECK(f.Target(0) == "/api/v1/namespaces/shop");
    CHECK(exists.has_value() == c.fine);
    REQUIRE(f.log.lines().size() == c.lines.size());
    if (!c.lines.empty()) {
      CHECK(f.log.lines()[0].starts_with(c.lines[0]));
      CHECK((f.log.lines()[0].find("grant") != std::string::npos) ==
            (c.lines[0].find("grant") != std::string::npos));
    }
    if (exists) continue;
    CHECK(exists.error().code == Errc::kNotFound);
    CHECK(exists.error().message == "-namespace: the API server has no namespace shop");
  }
}

TEST_CASE("MayListNodes is false, and logged, only if the server refuses access to nodes") {
  const std::string unauthorized = AnswerWith("401 Unauthorized", "", "{}");
  const std::string broken = AnswerWith("500 Internal Server Error", "", "{}");
  for (const auto& [answer, may] : {std::pair(JsonAnswer("{}"), true), std::pair(kForbidden, false),
                                    std::pair(unauthorized, false), std::pair(broken, true)}) {
    CAPTURE(answer);
    Fixture f({{answer}});
    CHECK(client::Run(f.io, MayListNodes(*f.client)) == may);
    CHECK(f.Target(0) == "/api/v1/nodes?fieldSelector=metadata.name%3D-");
    REQUIRE(f.log.lines().size() == (may ? 0 : 1));
    if (may) continue;
    CHECK(f.log.lines()[0].starts_with("I pods on nodes that do not exist are not reported: "));
    CHECK(f.log.lines()[0].ends_with("; grant list, watch on nodes"));
  }
}

}  // namespace
}  // namespace k8sm::controller
