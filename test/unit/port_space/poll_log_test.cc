#include "controller/port_space/poll_log.h"

#include "test/support/catch.h"

#include <cstddef>
#include <optional>
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

TEST_CASE("failed polls are logged at most once a minute, and the recovery once", "[port_space]") {
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

TEST_CASE("an incomplete list is logged when it begins, when its reason changes, and when it ends",
          "[port_space]") {
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

TEST_CASE("an incomplete list that was logged is not logged again after a failed poll", "[port_space]") {
  PollLog log;
  const PollLog::TimePoint now{1h};
  mesos::PollResult partial = Result(PollOutcome::kPartial);
  partial.agents.recovered = 3;
  CHECK(Lines(log, partial, now).size() == 1);
  CHECK(Lines(log, Result(PollOutcome::kUnreachable), now).size() == 1);
  CHECK(Lines(log, partial, now) ==
        std::vector<std::string>{"agents are read from Mesos again: m1:5050 leads"});
  CHECK(Lines(log, Result(PollOutcome::kUnreachable), now + 60s).size() == 1);
  CHECK(Lines(log, Result(PollOutcome::kOk), now + 60s) ==
        std::vector<std::string>{"agents are read from Mesos again: m1:5050 leads",
                                 "the list of agents from m1:5050 is complete"});
}

TEST_CASE("the log has a sentence for each reason why a list is incomplete", "[port_space]") {
  struct Case {
    std::optional<std::size_t> recovered;
    std::size_t unreadable;
    std::vector<std::string> errors;
    std::string reason;
  };
  const auto [recovered, unreadable, errors, reason] = GENERATE(
      Case{std::nullopt, 0, {}, "it has led for less than ten minutes, in which agents reregister"},
      Case{0, 0, {}, "it has led for less than ten minutes, in which agents reregister"},
      Case{1, 0, {}, "1 agent has not reregistered since a failover"},
      Case{2, 0, {}, "2 agents have not reregistered since a failover"},
      Case{2, 1, {}, "1 agent cannot be read"}, Case{0, 2, {"a", "b"}, "2 agents cannot be read: a"});
  PollLog log;
  mesos::PollResult partial = Result(PollOutcome::kPartial);
  partial.agents.recovered = recovered;
  partial.agents.unreadable = unreadable;
  partial.agents.errors = errors;
  const auto lines = log.OnPoll(partial, PollLog::TimePoint{1h});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].level == LogLine::Level::kWarning);
  CHECK(lines[0].text ==
        "the list of agents from m1:5050 is not complete, so nothing is said to be never schedulable: " +
            reason);
  const auto end = log.OnPoll(Result(PollOutcome::kOk), PollLog::TimePoint{1h});
  REQUIRE(end.size() == 1);
  CHECK(end[0].level == LogLine::Level::kInfo);
}

}  // namespace
}  // namespace k8sm::controller
