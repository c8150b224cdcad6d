#include "controller/port_space/poll_log.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using namespace std::chrono_literals;
using mesos::PollOutcome;

mesos::PollResult Result(PollOutcome outcome) {
  mesos::PollResult result;
  result.outcome = outcome;
  result.leader = {.host = "m1"};
  if (outcome == PollOutcome::kUnreachable)
    result.error = {.code = Errc::kUnavailable, .message = "m1:5050: refused"};
  return result;
}

std::vector<std::string> Lines(PollLog& log, const mesos::PollResult& result, PollLog::TimePoint now) {
  std::vector<std::string> lines;
  for (const LogLine& line : log.OnPoll(result, now)) lines.push_back(line.text);
  return lines;
}

TEST_CASE("polls that fail are logged once a minute, and their end once", "[port_space]") {
  PollLog log;
  const PollLog::TimePoint now{1h};
  const auto first = Lines(log, Result(PollOutcome::kUnreachable), now);
  REQUIRE(first.size() == 1);
  CHECK(first[0].starts_with("no agents from Mesos: "));
  CHECK(first[0].find("m1:5050: refused") != std::string::npos);
  CHECK(Lines(log, Result(PollOutcome::kUnreachable), now + 30s).empty());
  CHECK(Lines(log, Result(PollOutcome::kOk), now + 60s) ==
        std::vector<std::string>{"agents are read from Mesos again: m1:5050 leads"});
  CHECK(Lines(log, Result(PollOutcome::kOk), now + 90s).empty());
}

TEST_CASE("a list that is not complete is logged when it begins and when it ends", "[port_space]") {
  PollLog log;
  const PollLog::TimePoint now{1h};
  mesos::PollResult partial = Result(PollOutcome::kPartial);
  partial.agents.recovered = 3;
  CHECK(Lines(log, partial, now) ==
        std::vector<std::string>{
            "the list of agents from m1:5050 is not complete, so nothing is said to be never "
            "schedulable: 3 agents have not reregistered since a failover"});
  partial.agents.recovered = 2;
  CHECK(Lines(log, partial, now).empty());
  partial.agents.unreadable = 1;
  partial.agents.errors = {"slaves[2].id: expected a string"};
  const std::vector<std::string> other = {
      "the list of agents from m1:5050 is not complete, so nothing is said to be never schedulable: 1 agent "
      "cannot be read: slaves[2].id: expected a string"};
  CHECK(Lines(log, partial, now) == other);
  CHECK(Lines(log, partial, now).empty());
  CHECK(Lines(log, Result(PollOutcome::kOk), now) ==
        std::vector<std::string>{"the list of agents from m1:5050 is complete"});
}

}  // namespace
}  // namespace k8sm::controller
