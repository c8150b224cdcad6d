// What the elector requests from the API server, and what it logs about the answers, word for word.

#include "lib/async/task_group.h"
#include "lib/client/request_observer.h"
#include "lib/leader/leader_elector.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::leader {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

const std::string kName = "kube-system/k8sm";
const std::string kAttempting = "I attempting to acquire leader lease " + kName + "...";
const std::string kAcquired = "I successfully acquired lease " + kName;
const std::string kReadsAgain = "I reading lease " + kName + " works again";
const std::string kWritesAgain = "I writing lease " + kName + " works again";

std::string Refusal(const std::string& status, const std::string& reason, const std::string& message) {
  return AnswerWith(status, "",
                    R"({"kind":"Status","status":"Failure","reason":")" + reason + R"(","message":")" +
                        message + R"(","code":)" + status.substr(0, 3) + "}");
}

const std::string kMissing = Refusal("404 Not Found", "NotFound", "there is none");
const std::string kForbidden = Refusal("403 Forbidden", "Forbidden", "not you");
const std::string kBroken = Refusal("500 Internal Server Error", "InternalError", "broken");

// The lock as it is stored; each renewal has another second.
kube::Lease Held(const std::string& holder, int second = 0) {
  kube::Lease lock;
  lock.meta.ns = kube::Symbol("kube-system");
  lock.meta.name = kube::Symbol("k8sm");
  lock.meta.uid = kube::Uid("uid-1");
  lock.meta.resource_version = std::to_string(5 + second);
  lock.holder_identity = holder;
  lock.lease_duration_seconds = 15;
  lock.acquire_time = kube::MicroTime(seconds(1'800'000'000));
  lock.renew_time = kube::MicroTime(seconds(1'800'000'000 + second));
  return lock;
}
std::string Lease(const std::string& holder, int second = 0) {
  return JsonAnswer(EncodeLock(LockKind::kLeases, Held(holder, second)));
}
std::string Lock(const std::string& holder, bool superseded = false) {
  kube::Lease lock = Held(holder);
  lock.superseded = superseded;
  return JsonAnswer(EncodeLock(LockKind::kEndpoints, lock));
}

// An elector, and a server that gives these answers and leaves later requests unanswered.
class Election {
 public:
  Election(LockKind kind, const std::vector<std::string>& answers,
           milliseconds retry_period = milliseconds(1), client::ClientOptions client_options = {})
      : server_(io_, {Turns(answers)}), tasks_(io_.get_executor(), test::ThrowTaskFailure) {
    ElectionOptions options{.retry_period = retry_period, .lease_name = "k8sm", .identity = "us"};
    elector_ = LeaderElector::Create(io_.get_executor(), server_.config(), std::move(options),
                                     std::move(client_options))
                   .value();
    ElectionHooks hooks;
    hooks.on_started_leading = [this] { told.push_back("started"); };
    hooks.on_stopped_leading = [this] { told.push_back("stopped"); };
    hooks.on_new_leader = [this](const std::string& leader) { told.push_back("leader " + leader); };
    hooks.on_superseded = [this] { told.push_back("superseded"); };
    tasks_.Spawn("election", elector_->Run(kind, std::move(hooks)));
  }
  ~Election() { Cancel(); }

  void Cancel() {
    tasks_.Cancel();
    RunUntil([this] { return tasks_.empty(); });
  }
  void RunUntil(const std::function<bool()>& condition) {
    io_.restart();
    while (!condition()) {
      if (io_.run_one_for(seconds(30)) == 0) FAIL("nothing happens any more");
    }
  }
  // Runs until this many requests have been sent; by then all but the last have been answered.
  void RunUntilAsked(std::size_t requests) {
    RunUntil([&] { return server_.requests().size() >= requests; });
  }
  // "GET /api/v1/... " of each request.
  Lines Requests() const {
    Lines lines;
    for (const std::string& request : server_.requests())
      lines.push_back(request.substr(0, request.find(" HTTP/")));
    return lines;
  }

  LeaderElector& elector() { return *elector_; }
  const client::ScriptServer& server() const { return server_; }
  const Lines& log() const { return log_.lines(); }
  bool ended() const { return tasks_.empty(); }

  Lines told;

 private:
  static std::vector<client::Turn> Turns(const std::vector<std::string>& answers) {
    std::vector<client::Turn> turns;
    for (const std::string& answer : answers) turns.push_back({answer});
    return turns;
  }

  test::LogCapture log_;
  asio::io_context io_;
  client::ScriptServer server_;
  std::unique_ptr<LeaderElector> elector_;
  TaskGroup tasks_;
};

const std::string kEndpointsPath = "/api/v1/namespaces/kube-system/endpoints";
const std::string kLeasesPath = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";

TEST_CASE("a lease is created, and then renewed without a read, with one request each", "[leader]") {
  Election election(LockKind::kLeases,
                    {kMissing, kMissing, Lease("us", 0), Lease("us", 1), Lease("us", 2), Lease("")});
  election.RunUntilAsked(5);
  CHECK(election.elector().leading());
  CHECK(election.elector().leader() == "us");
  CHECK(election.elector().lease_uid() == kube::Uid("uid-1"));
  CHECK(election.told == Lines{"started"});
  CHECK(election.log() == Lines{kAttempting, kAcquired});
  CHECK_FALSE(election.elector().trouble().has_value());
  CHECK(election.elector().slow_paths() == 0);
  const Lines requests = election.Requests();
  CHECK(requests == Lines{"GET " + kEndpointsPath + "/k8sm", "GET " + kLeasesPath + "/k8sm",
                          "POST " + kLeasesPath, "PUT " + kLeasesPath + "/k8sm",
                          "PUT " + kLeasesPath + "/k8sm"});
  const auto head = election.server().requests()[2];
  CHECK(head.find("/leader-election\r\n") != std::string::npos);
  CHECK(head.find(R"("holderIdentity":"us")") != std::string::npos);
}

// Records each attempt: "GET 404".
class Attempts final : public client::RequestObserver {
 public:
  void OnAdmitted(client::Method, Duration waited) override { CHECK(waited == Duration(0)); }
  void OnAttempt(client::Method method, int status, bool) override {
    lines.push_back(std::string(ToString(method)) + " " + std::to_string(status));
  }
  void OnEnd(client::Method, Duration) override { ++ended; }
  void OnRequestSize(client::Method, std::size_t) override {}
  void OnResponseSize(client::Method, std::size_t) override {}

  Lines lines;
  std::size_t ended = 0;
};

TEST_CASE("the observer is told of each request for the lease, of refused ones too, and none waits",
          "[leader]") {
  Attempts attempts;
  client::ClientOptions client_options;
  client_options.qps = 0.001;
  client_options.burst = 1;
  client_options.observer = &attempts;
  Election election(LockKind::kLeases, {kMissing, kForbidden, Lease(""), kForbidden, Lease(""), Lease("us")},
                    milliseconds(1), client_options);
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(attempts.lines == Lines{"GET 404", "GET 403", "GET 200", "PUT 403", "GET 200", "PUT 200"});
  CHECK(attempts.ended == 6);
}

TEST_CASE("runs of the credential plugin for the lease are reported", "[leader]") {
  const test::LogCapture log;
  asio::io_context io;
  client::RestConfig config{.host = "127.0.0.1", .port = 1};
  config.exec = client::ExecPlugin{.place = "exec",
                                   .command = "no-such-plugin-anywhere",
                                   .args = {},
                                   .env = {},
                                   .api_version = "v",
                                   .exec_info = "{}",
                                   .install_hint = ""};
  Lines calls;
  client::ClientOptions client_options;
  client_options.on_exec_plugin_call = [&calls](int code, std::string_view status) {
    calls.push_back(std::to_string(code) + " " + std::string(status));
  };
  const auto elector =
      LeaderElector::Create(io.get_executor(), config, {.identity = "us"}, client_options).value();
  TaskGroup tasks(io.get_executor(), test::ThrowTaskFailure);
  tasks.Spawn("election", elector->Run(LockKind::kLeases, {}));
  while (calls.empty()) REQUIRE(io.run_one() != 0);
  CHECK(calls == Lines{"1 plugin_not_found_error"});
  tasks.Cancel();
  while (!tasks.empty()) REQUIRE(io.run_one() != 0);
}

TEST_CASE("a lease that may not be read is logged with the permissions to grant", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kForbidden, kForbidden, kMissing, Lease("us")}, hours(1));
  election.RunUntil([&] { return election.log().size() == 2; });
  CHECK(election.log()[1] == "W error retrieving resource lock " + kName +
                                 ": forbidden: not you; grant get, create and update on leases of "
                                 "coordination.k8s.io in namespace kube-system; trying again");
  REQUIRE(election.elector().trouble().has_value());
  CHECK(election.elector().trouble()->code == Errc::kForbidden);
}

TEST_CASE("a read that finds no lease ends the trouble with reading it", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kForbidden, kMissing, Lease("us")});
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK_FALSE(election.elector().trouble().has_value());
  REQUIRE(election.log().size() == 4);
  CHECK(election.log()[2] == kReadsAgain);
  CHECK(election.log()[3] == kAcquired);
}

TEST_CASE("a failed renewal is logged, and so is that writing the lease works again", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kMissing, Lease("us", 0), kBroken, Lease("us", 0),
                                        Lease("us", 1), Lease("us", 2)});
  election.RunUntil([&] { return election.log().size() == 4; });
  CHECK(election.log() == Lines{kAttempting, kAcquired,
                                "W failed to renew lease " + kName + ": server error: broken; trying again",
                                kWritesAgain});
  CHECK(election.elector().slow_paths() == 1);
  CHECK(election.told == Lines{"started"});
}

TEST_CASE("a lease that cannot be created is logged with what to change", "[leader]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {Refusal("404 Not Found", "NotFound", "namespaces not found"),
       "not found: namespaces not found; create the namespace, or name another with "
       "-leader_elect_resource_namespace"},
      {Refusal("404 Not Found", "NotFound", "the server could not find the requested resource"),
       "not found: the server could not find the requested resource; the API server has no leases (they came "
       "with Kubernetes 1.14): use -leader_elect_resource_lock=auto"},
      {kForbidden,
       "forbidden: not you; grant get, create and update on leases of coordination.k8s.io in namespace "
       "kube-system"},
      {kBroken, "server error: broken"}};
  for (const auto& [answer, text] : cases) {
    Election election(LockKind::kLeases, {kMissing, kMissing, answer}, hours(1));
    election.RunUntil([&] { return election.log().size() == 2; });
    CHECK(election.log()[1] == "W failed to acquire lease " + kName + ": " + text + "; trying again");
    CHECK_FALSE(election.elector().leading());
    REQUIRE(election.elector().trouble().has_value());
    const Error& trouble = *election.elector().trouble();
    CHECK(ToString(trouble) + election.elector().Advice(trouble) == text);
  }
}

TEST_CASE("a lost race for the lease is not reported as trouble", "[leader]") {
  for (const std::string reason : {"AlreadyExists", "Conflict"}) {
    Election election(
        LockKind::kLeases,
        {kMissing, kMissing, Refusal("409 Conflict", reason, "another was faster"), Lease("they")});
    election.RunUntil([&] { return election.elector().leader() == "they"; });
    election.RunUntilAsked(5);
    CHECK(election.log() == Lines{kAttempting, "I new leader elected: they"});
    CHECK(election.told == Lines{"leader they"});
    CHECK_FALSE(election.elector().trouble().has_value());
  }
}

TEST_CASE("each change of the leader is reported to the hooks", "[leader]") {
  Election election(LockKind::kLeases,
                    {kMissing, Lease("they", 0), Lease("they", 1), Lease("a\nb", 2), Lease("", 3),
                     Lease("us", 4), Refusal("409 Conflict", "Conflict", "changed"), Lease("them", 6)});
  election.RunUntil([&] { return election.ended(); });
  CHECK(election.told == Lines{"leader they", "leader a\nb", "leader ", "started", "stopped", "leader them"});
  CHECK(election.log() == Lines{kAttempting, "I new leader elected: they", "I new leader elected: a\\nb",
                                kAcquired, "I new leader elected: them"});
  CHECK(election.elector().WhyLost() == "it is held by them");
}

TEST_CASE("a former lock that cannot be read again is logged, and its holder counts as the leader",
          "[leader]") {
  Election election(LockKind::kLeases, {Lock("they"), kBroken});
  election.RunUntil([&] { return election.log().size() == 3; });
  CHECK(election.log()[1] == "I new leader elected: they");
  CHECK(election.log()[2] ==
        "W error retrieving resource lock " + kName + ": server error: broken; trying again");
  CHECK(election.elector().leader() == "they");
}

TEST_CASE("a standby that waits for a former lock ends at once on Release, without another request",
          "[leader]") {
  Election election(LockKind::kLeases, {Lock("they")}, hours(1));
  election.RunUntil([&] { return election.elector().leader() == "they"; });
  election.elector().Release();
  election.RunUntil([&] { return election.ended(); });
  CHECK(election.Requests() == Lines{"GET " + kEndpointsPath + "/k8sm"});
}

TEST_CASE("a former lock that may not be marked is logged with the permissions on endpoints to grant",
          "[leader]") {
  Election election(LockKind::kLeases, {Lock(""), kForbidden, kMissing, Lease("us")}, hours(1));
  election.RunUntil([&] { return election.elector().leading(); });
  REQUIRE(election.log().size() >= 2);
  CHECK(election.log()[1] == "W failed to acquire lease " + kName +
                                 ": forbidden: not you; grant get, create and update on endpoints in "
                                 "namespace kube-system; trying again");
}

TEST_CASE("a failed write is reported as the trouble even if reads fail too", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kMissing, kBroken, kForbidden});
  election.RunUntil([&] { return election.log().size() == 3; });
  REQUIRE(election.elector().trouble().has_value());
  CHECK(election.elector().trouble()->code == Errc::kServerError);
}

TEST_CASE("a failed write is no trouble any more once another process holds the lease", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kMissing, kBroken, Lease("they")});
  election.RunUntil([&] { return election.elector().leader() == "they"; });
  CHECK_FALSE(election.elector().trouble().has_value());
  CHECK(election.log().back() == "I new leader elected: they");
}

TEST_CASE("a failed write remains the trouble while reads show that nobody holds the lease", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, Lease("they"), Lease("", 1), kBroken, Lease("", 1)});
  election.RunUntilAsked(6);
  REQUIRE(election.elector().trouble().has_value());
  CHECK(election.elector().trouble()->code == Errc::kServerError);
}

TEST_CASE("a failed write to the former lock is no trouble any more once another process holds that lock",
          "[leader]") {
  Election election(LockKind::kLeases, {Lock(""), kBroken, Lock("they")});
  election.RunUntil([&] { return election.elector().leader() == "they"; });
  CHECK_FALSE(election.elector().trouble().has_value());
}

TEST_CASE("a former lock that may not be marked is no trouble of the lease", "[leader]") {
  Election election(LockKind::kLeases, {Lock(""), kForbidden, kBroken}, hours(1));
  election.RunUntil([&] { return election.log().size() == 3; });
  REQUIRE(election.elector().trouble().has_value());
  CHECK(election.elector().trouble()->code == Errc::kServerError);
  CHECK(election.elector().Advice(*election.elector().trouble()).empty());
}

TEST_CASE("a lease that could not be released is logged as such, and not as released", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kMissing, Lease("us"), Lease("us"), kBroken}, hours(1));
  election.RunUntil([&] { return election.elector().leading(); });
  election.elector().Release();
  election.RunUntil([&] { return election.ended(); });
  CHECK(election.log() == Lines{kAttempting, kAcquired,
                                "W failed to release lease " + kName + ": server error: broken; it expires"});
}

TEST_CASE("a lease that cannot be read for its release is logged as not released", "[leader]") {
  Election election(LockKind::kLeases, {kMissing, kMissing, Lease("us"), kBroken}, hours(1));
  election.RunUntil([&] { return election.elector().leading(); });
  election.elector().Release();
  election.RunUntil([&] { return election.ended(); });
  CHECK(election.log() == Lines{kAttempting, kAcquired,
                                "W failed to release lease " + kName + ": server error: broken; it expires"});
}

TEST_CASE("cancelled requests are not logged as failures", "[leader]") {
  struct Case {
    std::vector<std::string> answers;
    std::size_t requests;
  };
  for (const Case& c : {Case{{}, 1}, Case{{kMissing}, 2}, Case{{kMissing, kMissing}, 3}}) {
    CAPTURE(c.requests);
    Election election(LockKind::kLeases, c.answers, hours(1));
    election.RunUntilAsked(c.requests);
    election.Cancel();
    CHECK(election.log() == Lines{kAttempting});
  }
  Election releasing(LockKind::kLeases, {kMissing, kMissing, Lease("us"), Lease("us")}, hours(1));
  releasing.RunUntil([&] { return releasing.elector().leading(); });
  releasing.elector().Release();
  releasing.RunUntilAsked(5);
  releasing.Cancel();
  CHECK(releasing.log() == Lines{kAttempting, kAcquired});
}

TEST_CASE("a missing namespace of an Endpoints lock is created", "[leader]") {
  Election election(LockKind::kEndpoints, {kMissing, kMissing, JsonAnswer("{}"), kMissing, Lock("us")});
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(election.elector().kind() == LockKind::kEndpoints);
  CHECK(election.log() ==
        Lines{kAttempting, "I created namespace kube-system for the leader election", kAcquired});
  const Lines requests = election.Requests();
  REQUIRE(requests.size() >= 5);
  CHECK(Lines(requests.begin(), requests.begin() + 5) ==
        Lines{"GET " + kEndpointsPath + "/k8sm", "POST " + kEndpointsPath, "POST /api/v1/namespaces",
              "GET " + kEndpointsPath + "/k8sm", "POST " + kEndpointsPath});
  CHECK(election.server().requests()[2].ends_with(
      R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system"}})"));
}

TEST_CASE("a namespace that cannot be created is logged as one to create by hand", "[leader]") {
  Election election(LockKind::kEndpoints, {kMissing, kMissing, kForbidden}, hours(1));
  election.RunUntil([&] { return election.log().size() == 2; });
  CHECK(election.log()[1] == "W failed to acquire lease " + kName +
                                 ": not found: there is none; create the namespace, or name another with "
                                 "-leader_elect_resource_namespace; trying again");
}

TEST_CASE("an Endpoints lock that may not be read is logged with the permissions on endpoints to grant",
          "[leader]") {
  Election election(LockKind::kEndpoints, {kForbidden}, hours(1));
  election.RunUntil([&] { return election.log().size() == 2; });
  CHECK(election.log()[1] ==
        "W error retrieving resource lock " + kName +
            ": forbidden: not you; grant get, create and update on endpoints in namespace "
            "kube-system; trying again");
}

TEST_CASE("a superseded Endpoints lock ends the election only if the API server has leases", "[leader]") {
  Election marked(LockKind::kEndpoints, {Lock("", true), JsonAnswer("{}")});
  marked.RunUntil([&] { return marked.ended(); });
  CHECK(marked.told == Lines{"superseded"});
  CHECK(marked.Requests() == Lines{"GET " + kEndpointsPath + "/k8sm", "GET /apis/coordination.k8s.io/v1"});

  Election downgraded(LockKind::kEndpoints, {Lock("", true), kMissing, Lock("us")});
  downgraded.RunUntil([&] { return downgraded.elector().leading(); });
  CHECK(downgraded.told == Lines{"started"});

  Election unknown(LockKind::kEndpoints, {Lock("", true), kBroken}, hours(1));
  unknown.RunUntil([&] { return unknown.log().size() == 2; });
  CHECK(unknown.log()[1] ==
        "W error retrieving resource lock " + kName + ": server error: broken; trying again");
  CHECK(unknown.told.empty());
}

}  // namespace
}  // namespace k8sm::leader
