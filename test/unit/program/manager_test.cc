// The life of the program against an API server whose lists never change.

#include "controller/program/manager.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/recording.h"
#include "test/support/task_failure.h"
#include "test/unit/client/run.h"
#include "test/unit/cluster/list_server.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

std::string ServiceJson(const std::string& selected) {
  return R"({"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"1"},)"
         R"("spec":{"clusterIP":"10.1.0.1","selector":{"app":")" +
         selected + R"("},"ports":[{"port":80,"targetPort":8080}]}})";
}
std::string PodJson(int host_port) {
  return R"({"metadata":{"name":"a","namespace":"shop","uid":"u2","resourceVersion":"2","labels":{"app":"web"}},)"
         R"("spec":{"nodeName":"node-1","containers":[{"name":"main","ports":[{"containerPort":8080)" +
         (host_port == 0 ? "" : R"(,"hostPort":)" + std::to_string(host_port)) +
         R"(}]}]},"status":{"phase":"Running","hostIP":"10.0.0.1","podIP":"172.17.0.2",)"
         R"("conditions":[{"type":"Ready","status":"True"}]}})";
}

// A service, its pod at 10.0.0.1:31080, and the pod's node.
class Fixture {
 public:
  Fixture() : stdout_(std::cout.rdbuf(printed_.rdbuf())) {
    // This version does not stream lists, so that lists fail only where a test wants it.
    server.pages["/version"] = R"({"major":"1","minor":"21","gitVersion":"v1.21.0"})";
    server.pages["/apis"] = test::LoadRecording("discovery-apis").body;
    server.items["services"] = ServiceJson("web");
    server.items["pods"] = PodJson(31080);
    server.items["nodes"] = R"({"metadata":{"name":"node-1","uid":"u3","resourceVersion":"3"}})";
    options.port = 0;
    options.leader_elect = false;
    options.once = options.dry_run = true;
    options.reflector_timing.link_backoff =
        options.reflector_timing.server_backoff = {.initial = milliseconds(1), .max = milliseconds(1)};
  }
  ~Fixture() {
    std::cout.rdbuf(stdout_);
    server.Cancel();
    RunUntil([this] { return tasks_.empty() && server.ended(); });
  }

  void Start() {
    manager_ = Manager::Create(io.get_executor(), options,
                               {.scheme = "http", .host = "127.0.0.1", .port = server.port()})
                   .value();
    tasks_.Spawn("manager", Run(*manager_, exit_code_));
  }
  int End() {
    RunUntil([this] { return exit_code_.has_value(); });
    return *exit_code_;
  }
  int RunToEnd() {
    Start();
    return End();
  }
  void RunUntil(const std::function<bool()>& reached) { client::RunUntil(io, reached); }
  Manager& manager() { return *manager_; }
  std::string printed() const { return printed_.str(); }

  test::LogCapture log;
  asio::io_context io;
  ListServer server{io};
  Options options;

 private:
  static Awaitable<void> Run(Manager& manager, std::optional<int>& exit_code) {
    exit_code = co_await manager.Run();
  }

  std::ostringstream printed_;
  std::streambuf* const stdout_;
  std::unique_ptr<Manager> manager_;
  std::optional<int> exit_code_;
  TaskGroup tasks_{io.get_executor(), test::ThrowTaskFailure};
};

TEST_CASE("a single dry run prints what it would write, and exits with 0", "[manager]") {
  Fixture f;
  CHECK(f.RunToEnd() == 0);
  CHECK(f.printed().starts_with("create shop/web\n  + pod shop/a: 10.0.0.1:31080/TCP\n"));
  CHECK(f.printed().find("1 Endpoints would change (1 created") != std::string::npos);
  CHECK(f.printed().find("1 EndpointSlices would change (1 created") != std::string::npos);
  CHECK(f.log.Count("I done, nothing was written: no pods skipped") == 1);
  CHECK(f.log.Count("E ") == 0);
}

TEST_CASE("on a server without EndpointSlices none are planned, and a single run does not list nodes",
          "[manager]") {
  Fixture f;
  f.server.pages["/apis"] = R"({"groups":[]})";
  f.server.refused = {"nodes", "endpointslices"};
  CHECK(f.RunToEnd() == 0);
  CHECK(f.server.refusals == 0);
  CHECK(f.printed().find("EndpointSlices") == std::string::npos);
}

TEST_CASE(
    "-fail_on_skips exits with 3 for skipped pods and mistyped selectors, but not for services without pods",
    "[manager]") {
  struct Case {
    std::string service;
    std::string pod;
    int code;
  };
  const std::vector<Case> cases = {{ServiceJson("web"), PodJson(31080), 0},
                                   {ServiceJson("web"), PodJson(0), 3},
                                   {ServiceJson("wbe"), PodJson(31080), 3},
                                   {ServiceJson("other"), PodJson(31080), 0}};
  for (const Case& c : cases) {
    for (const bool fails : {true, false}) {
      CAPTURE(c.service, c.pod, fails);
      Fixture f;
      f.server.items["services"] = c.service;
      f.server.items["pods"] = c.pod;
      f.options.fail_on_skips = fails;
      CHECK(f.RunToEnd() == (fails ? c.code : 0));
    }
  }
}

TEST_CASE("a configuration that the server cannot satisfy ends the program at once, with or without -once",
          "[manager]") {
  for (const bool once : {true, false}) {
    CAPTURE(once);
    Fixture slices;
    slices.options.once = once;
    slices.options.endpoint_slices = EndpointSlices::kOn;
    slices.server.pages["/apis"] = R"({"groups":[]})";
    CHECK(slices.RunToEnd() == 1);
    CHECK(slices.log.Count("E giving up: -endpoint_slices is on") == 1);
    Fixture ns;
    ns.options.once = once;
    ns.options.ns = "none";
    CHECK(ns.RunToEnd() == 1);
    CHECK(ns.log.Count("E giving up: -namespace: the API server has no namespace none") == 1);
    CHECK(ns.server.watches == 0);
  }
}

TEST_CASE("a single run whose lists are forbidden gives up and names the missing permission", "[manager]") {
  Fixture f;
  f.options.once_patience = milliseconds(100);
  f.server.refused = {"pods"};
  CHECK(f.RunToEnd() == 1);
  CHECK(f.log.Count("E timed out waiting for caches: ") == 1);
  CHECK(f.log.Count("pods (forbidden: grant list, watch on pods)") >= 1);
  CHECK(f.printed().empty());
}

TEST_CASE("a single run that may not list nodes leaves EndpointSlices out, and exits with 1", "[manager]") {
  Fixture f;
  f.server.refused = {"nodes"};
  CHECK(f.RunToEnd() == 1);
  CHECK(f.log.Count("E EndpointSlices are left out: waiting for nodes (forbidden: grant list, watch on "
                    "nodes)") == 1);
  CHECK(f.printed().starts_with("create shop/web\n"));
  CHECK(f.printed().find("EndpointSlices") == std::string::npos);
}

TEST_CASE("a program stopped before it has synced exits with 1 if it was to run once, else with 0",
          "[manager]") {
  for (const bool once : {true, false}) {
    CAPTURE(once);
    Fixture f;
    f.options.once = once;
    f.server.silent = {"pods"};
    f.Start();
    f.RunUntil([&] { return f.server.watches >= 2; });
    f.manager().Stop();
    CHECK(f.End() == (once ? 1 : 0));
    CHECK(f.printed().empty());
  }
}

TEST_CASE("without -once, the program syncs until it is stopped, and then exits with 0", "[manager]") {
  Fixture f;
  f.options.once = false;
  f.Start();
  f.RunUntil([&] { return f.log.Count("I first sync of every service done in ") == 1; });
  f.RunUntil([&] { return f.manager().Idle(); });
  f.manager().Stop();
  CHECK(f.End() == 0);
}

}  // namespace
}  // namespace k8sm::controller
