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
  explicit Fixture(std::vector<MasterUrl> masters = {kM1, kM2}) : machine(std::move(masters)) {}

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

TEST_CASE("the leader is asked for, then the leader asked", "[mesos]") {
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

TEST_CASE("a leader that leads no more is looked for anew", "[mesos]") {
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

TEST_CASE("a leader that is gone is looked for anew, once", "[mesos]") {
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

TEST_CASE("each master is asked until one names the leader", "[mesos]") {
  Fixture f({kM1, kM2, kM3});
  f.Begin();
  CHECK(Text(f.machine.OnError({.message = "timeout"})) == "m2 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(503, "")) == "m3 /master/redirect");
  CHECK(Text(f.machine.OnAnswer(307, "//m3:5050")) == "m3 /master/slaves");
}

TEST_CASE("where no master names a leader, the most telling answer is told", "[mesos]") {
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

TEST_CASE(
    "a master that was named as leader and does not lead is no failed leader: the masters are asked anew, "
    "once",
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

TEST_CASE("credentials that are refused end the poll", "[mesos]") {
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

TEST_CASE("old masters have their agents in the state", "[mesos]") {
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

TEST_CASE("an empty list counts only from a master that says it leads", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  CHECK(Text(f.machine.OnAgents(Agents(0))) == "m2 /master/redirect");
  SECTION("it does") {
    CHECK(Text(f.machine.OnAnswer(307, "//m2:5050")) == "done");
    CHECK(f.Result().outcome == PollOutcome::kOk);
    // Next time it may lead no more.
    f.Begin();
    CHECK(Text(f.machine.OnAgents(Agents(0))) == "m2 /master/redirect");
  }
  SECTION("another one does") {
    CHECK(Text(f.machine.OnAnswer(307, "//m1:5050")) == "m1 /master/slaves");
    CHECK(Text(f.machine.OnAgents(Agents(3))) == "done");
    CHECK(f.Result().leader == kM1);
  }
  SECTION("they name each other") {
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

TEST_CASE("a master that names itself need not be asked again", "[mesos]") {
  Fixture f({kM1});
  f.Begin();
  CHECK(Text(f.machine.OnAnswer(307, "//m1:5050")) == "m1 /master/slaves");
  CHECK(Text(f.machine.OnAgents(Agents(0))) == "done");
}

TEST_CASE("a list that is not whole is partial", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  SECTION("agents have still to register") {
    f.machine.OnAgents(Agents(3, 1));
  }
  SECTION("an agent could not be read") {
    AgentList list = Agents(3);
    list.unreadable = 1;
    f.machine.OnAgents(list);
  }
  SECTION("nobody says which have, and the leader is new") {
    f.machine.OnAgents(Agents(3, std::nullopt));
  }
  CHECK(f.Result().outcome == PollOutcome::kPartial);
}

TEST_CASE("a master that does not say what is missing is believed after ten minutes", "[mesos]") {
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
  // Another leader begins anew.
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

TEST_CASE("an agent that registered long ago shows that its master leads for as long", "[mesos]") {
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

TEST_CASE("an answer that is none is malformed", "[mesos]") {
  Fixture f;
  f.Begin();
  f.machine.OnAnswer(307, "//m2:5050");
  CHECK(Text(f.machine.OnAgents(Error{.code = Errc::kMalformed, .message = "an empty answer"})) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kMalformed);
  CHECK(result.error.message == "m2:5050: an empty answer");
}

TEST_CASE("what the leader answers counts more than what others said on the way to it", "[mesos]") {
  Fixture f({kM1, kM2});
  f.Begin();
  f.machine.OnAnswer(503, "");
  f.machine.OnAnswer(307, "//m3:5050");
  CHECK(Text(f.machine.OnAgents(Error{.code = Errc::kMalformed, .message = "an empty answer"})) == "done");
  const PollResult result = f.Result();
  CHECK(result.outcome == PollOutcome::kMalformed);
  CHECK(result.error.message == "m3:5050: an empty answer");
}

TEST_CASE("each redirect names the leader, and no other status does", "[mesos]") {
  for (const int status : {301, 302, 307, 308}) {
    CAPTURE(status);
    Fixture f;
    f.Begin();
    CHECK(Text(f.machine.OnAnswer(status, "//m2:5050")) == "m2 /master/slaves");
    // Of agents nobody is asked elsewhere.
    CHECK(Text(f.machine.OnAnswer(status, "//m3:5050/master/slaves")) == "m1 /master/redirect");
  }
  for (const int status : {200, 300, 303, 304, 305, 309}) {
    CAPTURE(status);
    Fixture f;
    f.Begin();
    CHECK(Text(f.machine.OnAnswer(status, "//m3:5050")) == "m2 /master/redirect");
  }
}

TEST_CASE("a leader found anew is asked as if no other had been, and its answer is told", "[mesos]") {
  Fixture f;
  f.PollFine();
  f.Begin();
  // The old leader has neither list.
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m2 /master/state.json");
  f.machine.OnAnswer(404, "");
  f.machine.OnAnswer(307, "//m3:5050");
  CHECK(Text(f.machine.OnAnswer(404, "")) == "m3 /master/state.json");
  SECTION("with its list in the state") {
    CHECK(Text(f.machine.OnAgents(Agents(2))) == "done");
    CHECK(f.Result().leader == kM3);
  }
  SECTION("without a list") {
    CHECK(Text(f.machine.OnAnswer(404, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kMalformed);
    CHECK(result.error.message == "m3:5050 answers 404 to /master/state.json");
    CHECK(result.error.http_status == 404);
  }
  SECTION("failing") {
    CHECK(Text(f.machine.OnAnswer(500, "")) == "done");
    const PollResult result = f.Result();
    CHECK(result.outcome == PollOutcome::kUnreachable);
    CHECK(result.error.message == "m2:5050 answers 404 to /master/state.json");
  }
}

TEST_CASE("a status other than 200 for agents is told by whose fault it is", "[mesos]") {
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
  // The leader is looked for anew.
  CHECK(Text(f.Begin()) == "m1 /master/redirect");
}

TEST_CASE("a redirect to nowhere is malformed", "[mesos]") {
  Fixture f({kM1});
  f.Begin();
  CHECK(Text(f.machine.OnAnswer(307, "ftp://x")) == "done");
  CHECK(f.Result().outcome == PollOutcome::kMalformed);
}

TEST_CASE("whatever the masters say, a poll ends", "[mesos]") {
  // All sequences of seven answers out of these.
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

TEST_CASE("polls are a period apart, and take no more than a twentieth of the time", "[mesos]") {
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(100)) == milliseconds(29'900));
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(1'500)) == milliseconds(28'500));
  CHECK(PauseAfterPoll(milliseconds(30'000), milliseconds(3'000)) == milliseconds(57'000));
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
