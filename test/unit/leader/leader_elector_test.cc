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

namespace k8sm::leader {
namespace {

using std::chrono::seconds;

// An elector that runs against a server without other participants.
class Election {
 public:
  explicit Election(const std::string& faults = "[]")
      : server_(io_.get_executor(), {}), tasks_(io_.get_executor(), test::ThrowTaskFailure) {
    server_.faults().Set(apiserver::ParseFaults(faults).value());
    client::RestConfig config{.scheme = "http", .host = "127.0.0.1", .port = server_.Start().value()};
    ElectionOptions options{.identity = "us"};
    options.clock = [this] { return BootClock::now() + passed_; };
    elector_ = LeaderElector::Create(io_.get_executor(), std::move(config), std::move(options)).value();
    tasks_.Spawn("election", elector_->Run(LockKind::kLeases, {}));
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
    while (!condition()) io_.run_one();
  }

  LeaderElector& elector() { return *elector_; }
  const test::LogCapture& log() const { return log_; }
  void Pass(seconds time) { passed_ += time; }

 private:
  test::LogCapture log_;
  asio::io_context io_;
  apiserver::ApiServer server_;
  seconds passed_{0};
  std::unique_ptr<LeaderElector> elector_;
  TaskGroup tasks_;
};

TEST_CASE("a lease that has run out is not held, though its elector has not looked since", "[leader]") {
  Election election;
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(election.elector().SureUntil().has_value());
  election.Pass(seconds(10));
  CHECK_FALSE(election.elector().leading());
  CHECK_FALSE(election.elector().SureUntil().has_value());
}

TEST_CASE("a former lock that may not be read is none, and no failure", "[leader]") {
  Election election(R"([{"resource":"endpoints","effect":"status","code":403}])");
  election.RunUntil([&] { return election.elector().leading(); });
  CHECK(election.log().Count("error retrieving resource lock") == 0);
  CHECK_FALSE(election.elector().trouble().has_value());
}

}  // namespace
}  // namespace k8sm::leader
