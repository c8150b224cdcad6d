#include "lib/events/recorder_machine.h"

#include "test/support/catch.h"
#include "test/unit/events/events.h"

#include <random>
#include <string>

namespace k8sm::events {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = RecorderMachine::Outcome;
using Type = RecorderAction::Type;

const Error kUnreachable{.code = Errc::kUnavailable, .message = "connection refused"};

Error Refusal(Errc code, int status) {
  return {.code = code, .message = "no", .http_status = status};
}

// "wait 2.5", "post a", "patch a", "end"
std::string Next(RecorderMachine& machine, const Moment& now) {
  const RecorderAction action = machine.Next(now);
  switch (action.type) {
    case Type::kPost:
      return "post " + machine.event().message;
    case Type::kPatch:
      return "patch " + machine.event().message;
    case Type::kEnd:
      return "end";
    case Type::kWait:
      break;
  }
  if (action.until == std::chrono::steady_clock::time_point::max()) return "wait";
  return "wait " +
         std::to_string(std::chrono::duration_cast<milliseconds>(action.until - now.steady).count());
}

TEST_CASE("events are written once each, in the order in which they were added") {
  RecorderMachine machine;
  CHECK(Next(machine, At(0)) == "wait");
  CHECK(machine.Add(EventOf("a", "1")));
  CHECK(machine.Add(EventOf("a", "2")));
  CHECK(Next(machine, At(0)) == "post 1");
  CHECK(machine.OnAnswer({}, At(0), 0.5) == Outcome::kWritten);
  CHECK(Next(machine, At(0)) == "post 2");
  CHECK(machine.OnAnswer({}, At(0), 0.5) == Outcome::kWritten);
  CHECK(Next(machine, At(0)) == "wait");
  CHECK(machine.stats().written == 2);
}

TEST_CASE("a repeated event patches the stored one, and is created again if that is gone") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  Next(machine, At(0));
  machine.OnAnswer({}, At(0), 0);
  const std::string name = machine.Add(EventOf("a", "1")) ? EventName("a", At(0).wall) : "";
  CHECK(Next(machine, At(10)) == "patch 1");
  CHECK(machine.event().name == name);
  CHECK(machine.event().count == 2);
  CHECK(machine.OnAnswer(Refusal(Errc::kNotFound, 404), At(10), 0) == Outcome::kTryAgain);
  CHECK(Next(machine, At(10)) == "post 1");
  CHECK(machine.event().count == 2);
  CHECK(machine.OnAnswer({}, At(10), 0) == Outcome::kWritten);
}

TEST_CASE("a patch that is refused does not become a new event") {
  RecorderMachine machine;
  for (int i = 0; i < 2; ++i) machine.Add(EventOf("a", "1"));
  Next(machine, At(0));
  machine.OnAnswer({}, At(0), 0);
  CHECK(Next(machine, At(1)) == "patch 1");
  CHECK(machine.OnAnswer(Refusal(Errc::kForbidden, 403), At(1), 0) == Outcome::kRefused);
  CHECK(Next(machine, At(1)) == "wait");
  CHECK(machine.stats().refused == 1);
}

TEST_CASE("an event that the API server refuses is not retried") {
  for (const Error& refusal :
       {Refusal(Errc::kForbidden, 403), Refusal(Errc::kUnauthorized, 401), Refusal(Errc::kRejected, 422),
        Refusal(Errc::kServerError, 500), Refusal(Errc::kTooManyRequests, 429)}) {
    RecorderMachine machine;
    machine.Add(EventOf("a", "1"));
    machine.Add(EventOf("b", "2"));
    Next(machine, At(0));
    CHECK(machine.OnAnswer(refusal, At(0), 0) == Outcome::kRefused);
    CHECK(Next(machine, At(0)) == "post 2");
    CHECK(machine.stats().refused == 1);
  }
}

TEST_CASE("an event that comes too late is neither retried nor counted as refused") {
  Error terminating = Refusal(Errc::kForbidden, 403);
  terminating.cause = "NamespaceTerminating";
  terminating.retry_after = seconds(1);
  for (const Error& error : {Refusal(Errc::kNotFound, 404), Refusal(Errc::kNotLeading, 0),
                             Refusal(Errc::kCanceled, 0), terminating}) {
    CAPTURE(ToString(error));
    RecorderMachine machine;
    machine.Add(EventOf("a", "1"));
    machine.Add(EventOf("b", "2"));
    Next(machine, At(0));
    CHECK(machine.OnAnswer(error, At(0), 0) == Outcome::kMoot);
    CHECK(Next(machine, At(0)) == "post 2");
    CHECK(machine.stats().moot == 1);
    CHECK(machine.stats().refused == 0);
  }
}

TEST_CASE("a refusal with the cause NamespaceTerminating that is not a 403 counts as refused") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  Next(machine, At(0));
  Error refusal = Refusal(Errc::kRejected, 422);
  refusal.cause = "NamespaceTerminating";
  CHECK(machine.OnAnswer(refusal, At(0), 0) == Outcome::kRefused);
  CHECK(machine.stats().moot == 0);
}

TEST_CASE("an event that an earlier attempt has stored counts as written, once") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  Next(machine, At(0));
  machine.OnAnswer(kUnreachable, At(0), 0);
  CHECK(Next(machine, At(0)) == "post 1");
  CHECK(machine.OnAnswer(Refusal(Errc::kAlreadyExists, 409), At(0), 0) == Outcome::kWritten);
  CHECK(Next(machine, At(0)) == "wait");
  CHECK(machine.stats().written == 1);
  CHECK(machine.stats().refused == 0);
}

TEST_CASE("while the API server is unreachable an event is tried twelve times, and the others wait") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  machine.Add(EventOf("b", "2"));
  CHECK(Next(machine, At(0)) == "post 1");
  CHECK(machine.OnAnswer(kUnreachable, At(0), 0.25) == Outcome::kTryAgain);
  CHECK(Next(machine, At(0)) == "wait 2500");
  CHECK(Next(machine, At(1)) == "wait 1500");
  for (int i = 1; i < 11; ++i) {
    CHECK(Next(machine, At(10 * i)) == "post 1");
    CHECK(machine.OnAnswer(kUnreachable, At(10 * i), 0.25) == Outcome::kTryAgain);
    CHECK(Next(machine, At(10 * i)) == "wait 10000");
  }
  CHECK(Next(machine, At(110)) == "post 1");
  CHECK(machine.OnAnswer(kUnreachable, At(110), 0.25) == Outcome::kGivenUp);
  // The next one has not been tried yet, but waits as well.
  CHECK(Next(machine, At(110)) == "wait 10000");
  CHECK(Next(machine, At(120)) == "post 2");
  CHECK(machine.OnAnswer(kUnreachable, At(120), 0.5) == Outcome::kTryAgain);
  CHECK(Next(machine, At(120)) == "wait 5000");
  CHECK(machine.stats().given_up == 1);
  CHECK(machine.stats().retried == 12);
}

TEST_CASE("an event whose outcome is unknown is retried") {
  for (const Errc code : {Errc::kUnavailable, Errc::kTimeout, Errc::kMalformed}) {
    RecorderMachine machine;
    machine.Add(EventOf("a", "1"));
    Next(machine, At(0));
    CHECK(machine.OnAnswer(Refusal(code, 0), At(0), 0.5) == Outcome::kTryAgain);
    CHECK(Next(machine, At(0)) == "wait 5000");
    CHECK(Next(machine, At(5)) == "post 1");
    CHECK(machine.stats().retried == 1);
  }
}

TEST_CASE("a patch that is lost is retried, and the next event starts with retries of its own") {
  RecorderMachine machine;
  for (const char* message : {"1", "1", "2"}) machine.Add(EventOf("a", message));
  Next(machine, At(0));
  machine.OnAnswer({}, At(0), 0);
  CHECK(Next(machine, At(1)) == "patch 1");
  machine.OnAnswer(kUnreachable, At(1), 0.5);
  CHECK(Next(machine, At(6)) == "patch 1");
  machine.OnAnswer({}, At(6), 0);
  CHECK(Next(machine, At(6)) == "post 2");
  CHECK(machine.OnAnswer(kUnreachable, At(6), 0.1) == Outcome::kTryAgain);
  CHECK(Next(machine, At(6)) == "wait 1000");
}

TEST_CASE("a 429 with Retry-After is retried after that time") {
  // Less and more than the recorder's own pause.
  const int time = GENERATE(3, 60);
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  Error busy = Refusal(Errc::kTooManyRequests, 429);
  busy.retry_after = seconds(time);
  Next(machine, At(0));
  CHECK(machine.OnAnswer(busy, At(0), 0.9) == Outcome::kTryAgain);
  CHECK(Next(machine, At(0)) == "wait " + std::to_string(time) + "000");
  CHECK(Next(machine, At(time)) == "post 1");
}

TEST_CASE("a thousand events are queued, and further ones are dropped") {
  RecorderMachine machine;
  for (int i = 0; i < 1000; ++i) CHECK(machine.Add(EventOf(std::to_string(i), "x")));
  CHECK_FALSE(machine.Add(EventOf("one more", "x")));
  CHECK(machine.stats().dropped == 1);
  Next(machine, At(0));
  CHECK(machine.Add(EventOf("another", "x")));
  CHECK(machine.queued() == 1000);
}

TEST_CASE("events that the correlator filters out are not sent") {
  RecorderMachine machine;
  for (int i = 0; i < 30; ++i) machine.Add(EventOf("a", "x"));
  machine.Add(EventOf("b", "y"));
  std::string last;
  while (Next(machine, At(0)) != "wait") {
    last = machine.event().message;
    machine.OnAnswer({}, At(0), 0);
  }
  CHECK(last == "y");
  CHECK(machine.stats().written == 26);
  CHECK(machine.stats().filtered == 5);
}

TEST_CASE("after Finish queued events are written, and new ones are not taken") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  machine.Finish();
  CHECK_FALSE(machine.Add(EventOf("b", "2")));
  CHECK(Next(machine, At(0)) == "post 1");
  machine.OnAnswer({}, At(0), 0);
  CHECK(Next(machine, At(0)) == "end");
}

TEST_CASE("after Finish no event waits for an unreachable server") {
  RecorderMachine machine;
  machine.Add(EventOf("a", "1"));
  machine.Add(EventOf("b", "2"));
  Next(machine, At(0));
  machine.OnAnswer(kUnreachable, At(0), 0.5);
  CHECK(Next(machine, At(0)) == "wait 5000");
  machine.Finish();
  CHECK(Next(machine, At(0)) == "post 1");
  CHECK(machine.OnAnswer(kUnreachable, At(0), 0.5) == Outcome::kGivenUp);
  CHECK(Next(machine, At(0)) == "end");
  CHECK(machine.stats().given_up == 2);
}

TEST_CASE("every event is accounted for, whatever the server answers") {
  std::minstd_rand random(5);
  for (int round = 0; round < 50; ++round) {
    RecorderMachine machine;
    std::uint64_t added = 0;
    milliseconds now{0};
    for (int i = 0; i < 300; ++i) {
      now += milliseconds(random() % 3000);
      if (random() % 2 == 0) {
        machine.Add(EventOf("pod-" + std::to_string(random() % 3), std::to_string(random() % 20)));
        ++added;
      }
      const RecorderAction action = machine.Next(At(now));
      if (action.type == Type::kWait) continue;
      const Error errors[] = {kUnreachable, Refusal(Errc::kForbidden, 403), Refusal(Errc::kNotFound, 404)};
      const std::size_t choice = random() % 5;
      machine.OnAnswer(choice < 3 ? Result<void>(errors[choice]) : Result<void>(), At(now), 0.5);
    }
    machine.Finish();
    while (machine.Next(At(now)).type != Type::kEnd) machine.OnAnswer({}, At(now), 0.5);
    const auto& stats = machine.stats();
    CHECK(stats.written + stats.filtered + stats.moot + stats.refused + stats.given_up + stats.dropped ==
          added);
  }
}

}  // namespace
}  // namespace k8sm::events
