#include "lib/mesos/poll_machine.h"

#include "test/support/catch.h"

#include <functional>
#include <utility>

namespace k8sm::mesos {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using Step = PollMachine::Step;

const MasterUrl kM1{.host = "m1"};
const MasterUrl kM2{.host = "m2"};
const MasterUrl kM3{.host = "m3"};

AgentList Agents(std::size_t count, std::optional<std::size_t> recovered = 0) {
  AgentList list;
  list.agents.resize(count);
  list.recovered = recovered;
  return list;
}

// What a step asks for: "m1 /master/redirect", or "done".
std::string Text(const Step& step) {
  if (step.kind == Step::Kind::kDone) return "done";
  return step.master.host + " " + std::string(step.target);
}

struct Fixture {
  explicit Fixture(std::vector<MasterUrl> masters = {kM1, kM2},
                   SendCredentials send = SendCredentials::kNever)
      : machine(std::move(masters), send) {}

  Step Begin() { return machine.Begin(now, 1'000'000); }
  PollResult Result() { return machine.TakeResult(); }
  // A whole poll that finds m2 as leader by asking m1.
  PollResult PollFine() {
    Begin();
    machine.OnAnswer(307, "//m2:5050");
    machine.OnAgents(Agents(3));
    return Result();
  }

  PollMachine machine;
  PollMachine::TimePoint now{};
};

TEST_CASE("a poll asks a master for the leader, then the leader for its agents", "[mesos]") {
  Fixture f;
  CHECK(Text(f.Begin()) == "m1 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(307, "//m2:5050")) == "m2 /master/slaves");
  CHECK(Text(f.machine.OnAgents(Agents(3))) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kOk);
  CHECK(result.leader == kM2);
  CHECK(result.agents.agents.size() == 3);
}

TEST_CASE("the leader of the last poll is asked first", "[mesos]") {
  Fixture f;
  f.PollFine();
  CHECK(Text(f.Begin()) == "m2 /master/slaves");
}

TEST_CASE("a poll looks for the leader again if the last one redirects or fails", "[mesos]") {
  for (const int status : {307, 503, 500}) {
    CAPTURE(status);
    Fixture f;
    f.PollFine();
    f.Begin();
    CHECK(Text(f.machine.OnAnswer(status, "//m1:5050/master/slaves")) == "m1 /master/redirect");
    CHECK(Text(f.machine.OnAnswer(307, "//m1:5050")) == "m1 /master/slaves");
    CHECK(Text(f.machine.OnAgents(Agents(1))) == "done");
    CHECK(f.Result().leader == kM1);
  }
}

TEST_CASE("a poll looks for the leader again if the last one cannot be reached, but only once", "[mesos]") {
  Fixture f;
  f.PollFine();
  f.Begin();
  const Error gone{.code = Errc::kUnavailable, .message = "connection refused"};
  CHECK(Text(f.machine.OnError(gone)) == "m1 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(307, "//m2:5050")) == "m2 /master/slaves");
  CHECK(Text(f.machine.OnError(gone)) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kUnreachable);
  CHECK(result.error.message == "m2:5050: connection refused");
  CHECK(Text(f.Begin()) == "m1 /master/redirect");
}

TEST_CASE("the masters are asked in turn until one names the leader", "[mesos]") {
  Fixture f({kM1, kM2, kM3});
  f.Begin();
  CHECK(Text(f.machine.OnError({.message = "timeout"})) == "m2 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(503, "")) == "m3 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(307, "//m3:5050")) == "m3 /master/slaves");
}

TEST_CASE("if no master names a leader, the most informative answer is reported", "[mesos]") {
  struct Case {
    std::vector<int> statuses;  // 0: no answer
    PollOutcome outcome;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{0, 0}, PollOutcome::kUnreachable, "m1:5050: timeout"},
      {{0, 503}, PollOutcome::kNoLeader, "m2:5050 knows of no leader"},
      {{503, 0}, PollOutcome::kNoLeader, "m1:5050 knows of no leader"},
      {{503, 401}, PollOutcome::kUnauthorized, "m2:5050 answers 401 to /master/redirect"},
      {{404, 0}, PollOutcome::kMalformed, "m1:5050 answers 404 to /master/redirect"},
      {{200, 0}, PollOutcome::kMalformed, "m1:5050 answers 200 to /master/redirect"},
  };
  for (const Case& c : cases) {
    Fixture f;
    f.Begin();
    Step step;
    for (const int status : c.statuses) {
      step = status == 0 ? f.machine.OnError({.message = "timeout"}) : f.machine.OnAnswer(status, "");
    }
    REQUIRE(Text(step) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == c.outcome);
    CHECK(result.error.message == c.message);
  }
}

TEST_CASE("a master that was named as the leader and does not lead makes the poll ask again, but only once",
          "[mesos]") {
  for (const int status : {307, 503}) {
    CAPTURE(status);
    Fixture f;
    f.Begin();
    f.machine.OnAnswer(307, "//m2:5050");
    CHECK(Text(f.machine.OnAnswer(status, "//m1:5050/master/slaves")) == "m1 /master/redirect");
    f.machine.OnAnswer(307, "//m2:5050");
    CHECK(Text(f.machine.OnAnswer(status, "//m1:5050/master/slaves")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kNoLeader);
    CHECK(result.error.message == "m2:5050 does not lead");
  }
}

TEST_CASE("a poll ends if its credentials are refused", "[mesos]") {
  for (const int status : {401, 403}) {
    Fixture f;
    f.Begin();
    f.machine.OnAnswer(307, "//m2:5050");
    CHECK(Text(f.machine.OnAnswer(status, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kUnauthorized);
    CHECK(result.error.code == (status == 401 ? Errc::kUnauthorized : Errc::kForbidden));
    CHECK(result.error.http_status == status);
  }
}

TEST_CASE("credentials go over https to the masters and to the leader that one of them names", "[mesos]") {
  const MasterUrl m1{.secure = true, .host = "m1"};
  Fixture f({m1}, SendCredentials::kOverHttps);
  CHECK(f.Begin().with_credentials);
  SECTION("over https") {
    CHECK(f.machine.OnAnswer(307, "//m2:5050").with_credentials);
    // Who leads is asked again where the list is empty, and in the next poll.
    CHECK(f.machine.OnAgents(Agents(0)).with_credentials);
    CHECK(f.machine.OnAnswer(307, "https://m3:5050").with_credentials);
    CHECK(f.machine.OnAnswer(404, "").with_credentials);
    CHECK(Text(f.machine.OnAgents(Agents(1))) == "done");
    CHECK(f.Begin().with_credentials);
  }
  SECTION("not over http") {
    CHECK_FALSE(f.machine.OnAnswer(307, "http://m2:5050").with_credentials);
    CHECK_FALSE(f.machine.OnAgents(Agents(0)).with_credentials);
    // Anybody on the way may have answered.
    CHECK_FALSE(f.machine.OnAnswer(307, "https://evil:5050").with_credentials);
    CHECK_FALSE(f.machine.OnAgents(Agents(0)).with_credentials);
  }
}

TEST_CASE("credentials do not go to a leader that was named over http, nor to whom it names", "[mesos]") {
  Fixture f({kM1}, SendCredentials::kOverHttps);
  CHECK_FALSE(f.Begin().with_credentials);
  CHECK_FALSE(f.machine.OnAnswer(307, "https://evil:5050").with_credentials);
  SECTION("by its own word") {
    CHECK_FALSE(f.machine.OnAgents(Agents(0)).with_credentials);
    CHECK_FALSE(f.machine.OnAnswer(307, "https://worse:5050").with_credentials);
  }
  SECTION("in the next poll") {
    CHECK(Text(f.machine.OnAgents(Agents(1))) == "done");
    CHECK_FALSE(f.Begin().with_credentials);
  }
}

TEST_CASE("a configured https master gets credentials, whoever names it", "[mesos]") {
  Fixture f({kM1, {.secure = true, .host = "m2"}}, SendCredentials::kOverHttps);
  CHECK_FALSE(f.Begin().with_credentials);
  CHECK(f.machine.OnAnswer(307, "https://m2:5050").with_credentials);
}

TEST_CASE("credentials go to every master if that is allowed, and to none if there are none", "[mesos]") {
  const bool always = GENERATE(true, false);
  Fixture f({kM1}, always ? SendCredentials::kAlways : SendCredentials::kNever);
  CHECK(f.Begin().with_credentials == always);
  CHECK(f.machine.OnAnswer(307, "https://m2:5050").with_credentials == always);
}

TEST_CASE("a refusal says why a master got no credentials", "[mesos]") {
  struct Case {
    SendCredentials send;
    std::string leader;
    std::string why;
  };
  const std::string advice = ": give -mesos_master as https://, or set -mesos_insecure_credentials";
  const std::vector<Case> cases = {
      {SendCredentials::kOverHttps, "http",
       "; it got no credentials, since they would be sent over http" + advice},
      {SendCredentials::kOverHttps, "https",
       "; it got no credentials, since its address came over http" + advice},
      {SendCredentials::kNever, "http", ""},
      {SendCredentials::kAlways, "https", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.leader, c.why);
    Fixture f({kM1}, c.send);
    f.Begin();
    f.machine.OnAnswer(307, c.leader + "://m2:5050");
    CHECK(Text(f.machine.OnAnswer(401, "")) == "done");
    CHECK(f.Result().error.message == "m2:5050 answers 401 to /master/slaves" + c.why);
  }
}

TEST_CASE("the agents of an old master are read from /master/state.json", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "http://m2:5050");
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m2 /master/state.json");
  CHECK(Text(f.machine.OnAgents(Agents(2))) == "done");
  CHECK(f.Result().agents.agents.size() == 2);
  f.Begin();
  f.machine.OnAnswer(404, "");
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m1 /master/redirect");
}

TEST_CASE("an empty list counts only if the master names itself as the leader", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  CHECK(Text(f.machine.OnAgents(Agents(0))) == "m2 /master/redirect");
  SECTION("it names itself") {
    CHECK(Text(f.machine.OnAnswer(307, "//m2:5050")) == "done");
    CHECK(f.Result().outcome == PollOutcome::kOk);
    // By the next poll it may not lead any more.
    f.Begin();
    CHECK(Text(f.machine.OnAgents(Agents(0))) == "m2 /master/redirect");
  }
  SECTION("it names another master") {
    CHECK(Text(f.machine.OnAnswer(307, "//m1:5050")) == "m1 /master/slaves");
    CHECK(Text(f.machine.OnAgents(Agents(3))) == "done");
    CHECK(f.Result().leader == kM1);
  }
  SECTION("two masters name each other") {
    f.machine.OnAnswer(307, "//m1:5050");
    CHECK(Text(f.machine.OnAgents(Agents(0))) == "m1 /master/redirect");
    CHECK(Text(f.machine.OnAnswer(307, "//m2:5050")) == "done");
    CHECK(f.Result().outcome == PollOutcome::kNoLeader);
  }
  SECTION("it does not answer") {
    CHECK(Text(f.machine.OnError({.message = "timeout"})) == "m1 /master/redirect");
  }
  SECTION("it knows of no leader") {
    CHECK(Text(f.machine.OnAnswer(503, "")) == "m1 /master/redirect");
    CHECK(Text(f.machine.OnAnswer(503, "")) == "m2 /master/redirect");
    CHECK(Text(f.machine.OnAnswer(503, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kNoLeader);
    CHECK(result.error.message == "m2:5050 knows of no leader");
  }
}

TEST_CASE("a list of agents that cannot be read is not empty", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  AgentList list;
  list.unreadable = 1;
  CHECK(Text(f.machine.OnAgents(list)) == "done");
  CHECK(f.Result().outcome == PollOutcome::kPartial);
}

TEST_CASE("a master that has named itself is not asked for the leader again", "[mesos]") {
  Fixture f({kM1});
  f.Begin();
  CHECK(Text(f.machine.OnAnswer(307, "//m1:5050")) == "m1 /master/slaves");
  CHECK(Text(f.machine.OnAgents(Agents(0))) == "done");
}

TEST_CASE("an incomplete list is partial", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  SECTION("agents have yet to register again") {
    f.machine.OnAgents(Agents(3, 1));
  }
  SECTION("an agent could not be decoded") {
    AgentList list = Agents(3);
    list.unreadable = 1;
    f.machine.OnAgents(list);
  }
  SECTION("the master does not report recovered agents and is new as the leader") {
    f.machine.OnAgents(Agents(3, std::nullopt));
  }
  CHECK(f.Result().outcome == PollOutcome::kPartial);
}

TEST_CASE("a master that does not report recovered agents is believed after ten minutes as the leader",
          "[mesos]") {
  Fixture f;
  const auto poll = [&] {
    Step step = f.Begin();
    if (step.kind == Step::Kind::kAskLeader) f.machine.OnAnswer(307, "//m2:5050");
    f.machine.OnAgents(Agents(3, std::nullopt));
    return f.Result().outcome;
  };
  CHECK(poll() == PollOutcome::kPartial);
  f.now += minutes(9);
  CHECK(poll() == PollOutcome::kPartial);
  f.now += minutes(1);
  CHECK(poll() == PollOutcome::kOk);
  // For another leader the time starts over.
  f.Begin();
  f.machine.OnAnswer(307, "");
  f.machine.OnAnswer(307, "//m1:5050");
  f.machine.OnAgents(Agents(3, std::nullopt));
  CHECK(f.Result().outcome == PollOutcome::kPartial);
}

TEST_CASE("a leader that was lost and is found again may have begun anew", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  f.machine.OnAgents(Agents(3, std::nullopt));
  CHECK(f.Result().outcome == PollOutcome::kPartial);
  f.now += minutes(10);
  f.Begin();
  CHECK(Text(f.machine.OnError({.message = "connection refused"})) == "m1 /master/redirect");
  f.machine.OnAnswer(307, "//m2:5050");
  f.machine.OnAgents(Agents(3, std::nullopt));
  CHECK(f.Result().outcome == PollOutcome::kPartial);
}

TEST_CASE("an agent that registered ten minutes ago shows that its master has led for as long", "[mesos]") {
  for (const auto& [registered, outcome] :
       {std::pair{999'400.0, PollOutcome::kOk}, std::pair{999'401.0, PollOutcome::kPartial}}) {
    Fixture f;
    f.Begin();
    f.machine.OnAnswer(307, "//m2:5050");
    AgentList list = Agents(3, std::nullopt);
    list.first_registration = registered;
    f.machine.OnAgents(list);
    CHECK(f.Result().outcome == outcome);
  }
}

TEST_CASE("an answer that cannot be decoded is malformed", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  CHECK(Text(f.machine.OnAgents(Error{.code = Errc::kMalformed, .message = "an empty answer"})) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kMalformed);
  CHECK(result.error.message == "m2:5050: an empty answer");
}

TEST_CASE("the error of the leader counts more than those of the masters asked before", "[mesos]") {
  Fixture f({kM1, kM2});
  f.Begin();
  f.machine.OnAnswer(503, "");
  f.machine.OnAnswer(307, "//m3:5050");
  CHECK(Text(f.machine.OnAgents(Error{.code = Errc::kMalformed, .message = "an empty answer"})) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kMalformed);
  CHECK(result.error.message == "m3:5050: an empty answer");
}

TEST_CASE(
    "where no leader is found in place of one that failed, its failure is told unless another says more",
    "[mesos]") {
  Fixture f;
  f.PollFine();
  f.Begin();
  f.machine.OnAnswer(500, "");
  f.machine.OnError({.message = "timeout"});
  const bool silent = GENERATE(false, true);
  CHECK(Text(silent ? f.machine.OnError({.message = "timeout"}) : f.machine.OnAnswer(503, "")) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == (silent ? PollOutcome::kUnreachable : PollOutcome::kNoLeader));
  CHECK(result.error.message ==
        (silent ? "m2:5050 answers 500 to /master/slaves" : "m2:5050 knows of no leader"));
}

TEST_CASE("only 301, 302, 307 and 308 redirect to the leader", "[mesos]") {
  for (const int status : {301, 302, 307, 308}) {
    CAPTURE(status);
    Fixture f;
    f.Begin();
    CHECK(Text(f.machine.OnAnswer(status, "//m2:5050")) == "m2 /master/slaves");
    // A redirect of the request for agents is not followed.
    CHECK(Text(f.machine.OnAnswer(status, "//m3:5050/master/slaves")) == "m1 /master/redirect");
  }
  for (const int status : {200, 300, 303, 304, 305, 309}) {
    CAPTURE(status);
    Fixture f;
    f.Begin();
    CHECK(Text(f.machine.OnAnswer(status, "//m3:5050")) == "m2 /master/redirect");
  }
}

TEST_CASE("a new leader is asked as if there had been no other, and its own failure is reported", "[mesos]") {
  Fixture f;
  f.PollFine();
  f.Begin();
  // The old leader has neither list.
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m2 /master/state.json");
  f.machine.OnAnswer(404, "");
  f.machine.OnAnswer(307, "//m3:5050");
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m3 /master/state.json");
  SECTION("it has its list in the state") {
    CHECK(Text(f.machine.OnAgents(Agents(2))) == "done");
    CHECK(f.Result().leader == kM3);
  }
  SECTION("it has no list") {
    CHECK(Text(f.machine.OnAnswer(404, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kMalformed);
    CHECK(result.error.message == "m3:5050 answers 404 to /master/state.json");
    CHECK(result.error.http_status == 404);
  }
  SECTION("it fails") {
    CHECK(Text(f.machine.OnAnswer(500, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kUnreachable);
    CHECK(result.error.message == "m3:5050 answers 500 to /master/state.json");
  }
  SECTION("not answering") {
    CHECK(Text(f.machine.OnError({.message = "timeout"})) == "done");
    CHECK(f.Result().error.message == "m3:5050: timeout");
  }
}

TEST_CASE("a status other than 200 for the agents decides the outcome of the poll", "[mesos]") {
  struct Case {
    int status;
    PollOutcome outcome;
    Errc code;
  };
  const auto [status, outcome, code] = GENERATE(Case{204, PollOutcome::kMalformed, Errc::kMalformed},
                                                Case{400, PollOutcome::kMalformed, Errc::kServerError},
                                                Case{401, PollOutcome::kUnauthorized, Errc::kUnauthorized},
                                                Case{403, PollOutcome::kUnauthorized, Errc::kForbidden},
                                                Case{500, PollOutcome::kUnreachable, Errc::kServerError},
                                                Case{502, PollOutcome::kUnreachable, Errc::kServerError});
  CAPTURE(status);
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  CHECK(Text(f.machine.OnAnswer(status, "")) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == outcome);
  CHECK(result.error.code == code);
  CHECK(result.error.message == "m2:5050 answers " + std::to_string(status) + " to /master/slaves");
  // The next poll looks for the leader again.
  CHECK(Text(f.Begin()) == "m1 /master/redirect");
}

TEST_CASE("a redirect to an invalid location is malformed", "[mesos]") {
  Fixture f({kM1});
  f.Begin();
  CHECK(Text(f.machine.OnAnswer(307, "ftp://x")) == "done");
  CHECK(f.Result().outcome == PollOutcome::kMalformed);
}

TEST_CASE("a poll ends whatever the masters answer", "[mesos]") {
  // All sequences that begin with five of these answers.
  const std::vector<std::function<Step(PollMachine&)>> answers = {
      [](PollMachine& m) { return m.OnAnswer(307, "//m1:5050"); },
      [](PollMachine& m) { return m.OnAnswer(307, "//m2:5050"); },
      [](PollMachine& m) { return m.OnAnswer(503, ""); },
      [](PollMachine& m) { return m.OnAnswer(404, ""); },
      [](PollMachine& m) { return m.OnError({.message = "lost"}); },
  };
  for (std::size_t start = 0; start < 5 * 5 * 5 * 5 * 5; ++start) {
    Fixture f;
    Step step = f.Begin();
    int steps = 0;
    for (std::size_t rest = start; step.kind != Step::Kind::kDone; rest /= answers.size()) {
      REQUIRE(++steps < 20);
      const bool list = step.kind == Step::Kind::kGetAgents && rest % 2 == 0;
      step = list ? f.machine.OnAgents(Agents(0)) : answers[rest % answers.size()](f.machine);
    }
    const PollResult result = f.Result();
    const bool fine = result.outcome == PollOutcome::kOk || result.outcome == PollOutcome::kPartial;
    REQUIRE(fine == result.error.message.empty());
  }
}

TEST_CASE("polls are a period apart, and take at most a twentieth of the time", "[mesos]") {
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(100)) == milliseconds(29'900));
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(1'500)) == milliseconds(28'500));
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(3'000)) == milliseconds(57'000));
}

TEST_CASE("a poll in which the process was suspended holds up the next one for a minute at most", "[mesos]") {
  for (const milliseconds took : {milliseconds(10'000), milliseconds(std::chrono::hours(3))}) {
    CHECK(IntervalOfPolls(milliseconds(30'000), took) == milliseconds(60'000));
    CHECK(PauseAfterPoll(milliseconds(30'000), took) == milliseconds(57'000));
    CHECK(IntervalOfPolls(minutes(5), took) == minutes(5));
  }
}

TEST_CASE("outcomes have names", "[mesos]") {
  CHECK(ToString(PollOutcome::kOk) == "ok");
  CHECK(ToString(PollOutcome::kPartial) == "partial");
  CHECK(ToString(PollOutcome::kUnreachable) == "unreachable");
  CHECK(ToString(PollOutcome::kNoLeader) == "no_leader");
  CHECK(ToString(PollOutcome::kUnauthorized) == "unauthorized");
  CHECK(ToString(PollOutcome::kMalformed) == "malformed");
}

}  // namespace
}  // namespace k8sm::mesos
