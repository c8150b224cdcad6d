// The elector over real HTTP, with the in-memory API server and a clock that tests advance.

#include "lib/leader/leader_elector.h"

#include "lib/async/task_group.h"
#include "test/apiserver/api_server.h"
#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// An elector that runs against a server without other participants.
class Election {
 public:
  explicit Election(const std::string& faults = "[]", ElectionOptions options = {}, ElectionHooks hooks = {})
      : server_(io_.get_executor(), {}), tasks_(io_.get_executor(), test::ThrowTaskFailure) {
    server_.faults().Set(apiserver::ParseFaults(faults).value());
    client::RestConfig config{.scheme = "http", .host = "127.0.0.1", .port = server_.Start().value()};
    options.identity = "us";
    options.clock = [this] { return begin_ + passed_; };
    elector_ = LeaderElector::Create(io_.get_executor(), std::move(config), std::move(options)).value();
    tasks_.Spawn("election", elector_->Run(LockKind::kLeases, std::move(hooks)));
  }
  ~Election() {
    tasks_.Cancel();
    RunUntil([this] { return tasks_.empty(); });
    server_.Stop();
    tasks_.Spawn("the server's end", server_.Join());
    RunUntil([this] { return tasks_.empty(); });
  }

  void RunUntil(const std::function<bool()>& condition) {
    io_.restart();
    while (!condition()) {
      if (io_.run_one_for(seconds(10)) == 0) FAIL("nothing happens any more");
    }
  }

  LeaderElector& elector() { return *elector_; }
  apiserver::ApiServer& server() { return server_; }
  bool ended() const { return tasks_.empty(); }
  const test::LogCapture& log() const { return log_; }
  void Pass(milliseconds time) { passed_ += time; }

 private:
  test::LogCapture log_;
  asio::io_context io_;
  apiserver::ApiServer server_;
  const BootClock::time_point begin_ = BootClock::now();
  milliseconds passed_{0};
  std::unique_ptr<LeaderElector> elector_;
  TaskGroup tasks_;
};

TEST_CASE("an elector does not lead after its lease has expired, even before it acts again", "[leader]") {
  Election election;
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(election.elector().SureUntil().has_value());
  election.Pass(seconds(10));
  CHECK_FALSE(election.elector().leading());
  CHECK_FALSE(election.elector().SureUntil().has_value());
}

TEST_CASE("only a leader fails its health check, when its lease has been expired for more than 20 s",
          "[leader]") {
  Election election("[]", {.lease_duration = seconds(15)});
  election.Pass(seconds(100));
  CHECK_FALSE(election.elector().HealthFailure().has_value());
  election.RunUntil([&] { return election.elector().leading(); });
  election.Pass(seconds(15 + 20));
  CHECK_FALSE(election.elector().HealthFailure().has_value());
  election.Pass(milliseconds(1));
  CHECK(election.elector().HealthFailure() ==
        "failed election to renew leadership on lease k8sm-controller-manager");
}

TEST_CASE("a former lock that may not be read is neither logged nor reported as trouble", "[leader]") {
  Election election(R"([{"resource":"endpoints","effect":"status","code":403}])");
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(election.log().Count("error retrieving resource lock") == 0);
  CHECK_FALSE(election.elector().trouble().has_value());
}

TEST_CASE("a leader releases its lease at once, without waiting until it has to renew", "[leader]") {
  using std::chrono::hours;
  Election election("[]", {.lease_duration = hours(5), .renew_deadline = hours(4), .retry_period = hours(1)});
  election.RunUntil([&] { return election.elector().leading(); });
  election.elector().Release();
  election.RunUntil([&] { return election.ended(); });
  CHECK(election.log().Count("released lease kube-system/k8sm-controller-manager") == 1);
}

TEST_CASE("a renewal that is never answered leaves time for another one before the deadline", "[leader]") {
  Election election(
      R"([{"resource":"leases","verb":"update","effect":"stall","carriedOut":false,"times":1}])",
      {.renew_deadline = seconds(2), .retry_period = milliseconds(1)});
  election.RunUntil([&] { return election.elector().leading(); });
  election.Pass(milliseconds(1));
  const auto began = std::chrono::steady_clock::now();
  election.RunUntil([&] {
    REQUIRE(std::chrono::steady_clock::now() - began < seconds(10));
    return election.log().Count("writing lease kube-system/k8sm-controller-manager works again") == 1;
  });
  CHECK(election.elector().leading());
}

TEST_CASE("the mode of a lease without a holder is not reported", "[leader]") {
  int told = 0;
  ElectionHooks hooks;
  hooks.on_other_annotation = [&told](const std::string&, const std::string&) { ++told; };
  Election election("[]", {.annotation_key = "mode", .annotation_value = "a"}, hooks);
  REQUIRE(election.server()
              .Create("leases", "kube-system",
                      R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{)"
                      R"("name":"k8sm-controller-manager","annotations":{"mode":"b"}},)"
                      R"("spec":{"holderIdentity":"","leaseDurationSeconds":1,"leaseTransitions":1}})")
              .has_value());
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(told == 0);
}

TEST_CASE("a leader in another mode is reported once for each mode that it changes to", "[leader]") {
  std::vector<std::string> told;
  ElectionHooks hooks;
  hooks.on_other_annotation = [&told](const std::string& holder, const std::string& value) {
    told.push_back(holder + ": " + value);
  };
  ElectionOptions options{.retry_period = milliseconds(1), .annotation_key = "mode", .annotation_value = "a"};
  Election election("[]", options, hooks);
  const auto lease = [](const std::string& mode) {
    return R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"k8sm-controller-manager",)"
           R"("annotations":{"mode":")" +
           mode +
           R"("}},"spec":{"holderIdentity":"they","leaseDurationSeconds":3600,"leaseTransitions":1,)"
           R"("acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:00:00.000000Z"}})";
  };
  const auto look = [&election] {
    const std::size_t looks = election.server().requests().Count("get", "leases") + 3;
    election.RunUntil([&] {
      election.Pass(milliseconds(1));
      return election.server().requests().Count("get", "leases") >= looks;
    });
  };
  for (const char* mode : {"b", "c", "a", "c"}) {
    (void)election.server().Delete("leases", "kube-system", "k8sm-controller-manager");
    REQUIRE(election.server().Create("leases", "kube-system", lease(mode)).has_value());
    look();
  }
  CHECK(told == std::vector<std::string>{"they: b", "they: c", "they: c"});
}

}  // namespace
}  // namespace k8sm::leader
