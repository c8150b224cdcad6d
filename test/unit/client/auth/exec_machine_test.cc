#include "lib/client/auth/exec_machine.h"

#include "test/support/catch.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

using Action = ExecMachine::Action;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

ExecMachine::Now At(milliseconds elapsed) {
  return {std::chrono::steady_clock::time_point(hours(1) + elapsed),
          std::chrono::system_clock::time_point(hours(1000) + elapsed)};
}

kube_json::ExecCredential Token(std::string token, std::optional<seconds> lifetime = std::nullopt) {
  kube_json::ExecCredential credential{.token = std::move(token)};
  if (lifetime) credential.expiration = kube::Timestamp(hours(1000) + *lifetime);
  return credential;
}

Error Failure() {
  return {.code = Errc::kUnavailable, .message = "failed"};
}

TEST_CASE("a plugin runs once for all waiting requests, and a credential without expiry is kept for good") {
  ExecMachine machine;
  CHECK(machine.Next(At(seconds(0))) == Action::kRun);
  machine.OnStarted();
  CHECK(machine.Next(At(seconds(0))) == Action::kWait);
  CHECK(machine.Next(At(seconds(50))) == Action::kWait);
  machine.OnCredential(Token("a"), At(seconds(0)));
  CHECK(machine.Next(At(seconds(50))) == Action::kUse);
  CHECK(machine.credential().token == "a");
  CHECK(machine.Next(At(hours(1'000'000))) == Action::kUse);
}

TEST_CASE("a credential is replaced when it expires") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnCredential(Token("a", seconds(60)), At(seconds(0)));
  CHECK(machine.Next(At(seconds(59))) == Action::kUse);
  CHECK(machine.Next(At(seconds(60))) == Action::kRun);
  machine.OnStarted();
  CHECK(machine.Next(At(seconds(61))) == Action::kWait);
  machine.OnCredential(Token("b", seconds(120)), At(seconds(0)));
  CHECK(machine.Next(At(seconds(61))) == Action::kUse);
  CHECK(machine.credential().token == "b");
}

TEST_CASE("a credential that is already expired is used for five seconds") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnCredential(Token("a", seconds(-100)), At(seconds(0)));
  CHECK(machine.Next(At(milliseconds(4'999))) == Action::kUse);
  CHECK(machine.Next(At(seconds(5))) == Action::kRun);
}

TEST_CASE("a plugin that fails is retried with exponential backoff, and requests fail meanwhile") {
  ExecMachine machine;
  milliseconds now(0);
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    CAPTURE(pause);
    CHECK(machine.Next(At(now)) == Action::kRun);
    machine.OnStarted();
    machine.OnFailure(Failure(), At(now));
    CHECK(machine.Next(At(now)) == Action::kFail);
    CHECK(machine.failure().message == "failed");
    now += seconds(pause);
    CHECK(machine.Next(At(now - milliseconds(1))) == Action::kFail);
  }
  machine.OnStarted();
  machine.OnCredential(Token("a"), At(now));
  machine.OnRefused(machine.version(), At(now));
  CHECK(machine.Next(At(now)) == Action::kRun);
  machine.OnStarted();
  machine.OnFailure(Failure(), At(now));
  CHECK(machine.Next(At(now + seconds(1))) == Action::kRun);
}

TEST_CASE("a refused credential is replaced for the next request") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnCredential(Token("a"), At(seconds(0)));
  const auto version = machine.version();
  machine.OnRefused(version, At(seconds(1)));
  CHECK(machine.Next(At(seconds(1))) == Action::kRun);
  machine.OnStarted();
  CHECK(machine.Next(At(seconds(1))) == Action::kWait);
  machine.OnCredential(Token("b"), At(seconds(0)));
  // Requests that were sent with the old one are still being answered.
  machine.OnRefused(version, At(seconds(2)));
  CHECK(machine.Next(At(seconds(2))) == Action::kUse);
  CHECK(machine.Next(At(seconds(200))) == Action::kUse);
}

TEST_CASE("the acceptance of an older credential does not count for the one in use") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnCredential(Token("a"), At(seconds(0)));
  const auto old = machine.version();
  machine.OnRefused(old, At(seconds(0)));
  machine.OnStarted();
  machine.OnCredential(Token("b"), At(seconds(0)));
  machine.OnAccepted(old);
  // It is the second in a row that is refused.
  machine.OnRefused(machine.version(), At(seconds(1)));
  CHECK(machine.Next(At(seconds(1))) == Action::kUse);
  CHECK(machine.Next(At(seconds(2))) == Action::kRun);
}

TEST_CASE("a failure is forgotten once the plugin returns a credential") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnFailure(Failure(), At(seconds(0)));
  for (const char* token : {"a", "b"}) {
    machine.OnStarted();
    machine.OnCredential(Token(token), At(seconds(1)));
    machine.OnRefused(machine.version(), At(seconds(1)));
  }
  // The plugin is held back, and the refused credential is used again instead of the old failure.
  CHECK(machine.Next(At(seconds(1))) == Action::kUse);
}

// One run whose credential the server refuses at once.
void RunInVain(ExecMachine& machine, milliseconds now) {
  CHECK(machine.Next(At(now)) == Action::kRun);
  machine.OnStarted();
  machine.OnCredential(Token("a"), At(seconds(0)));
  machine.OnRefused(machine.version(), At(now));
}

TEST_CASE("a plugin whose credentials are refused in a row is held back with exponential backoff") {
  ExecMachine machine;
  milliseconds now(0);
  RunInVain(machine, now);
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    CAPTURE(pause);
    RunInVain(machine, now);
    // A second refused request does not lengthen the pause.
    machine.OnRefused(machine.version(), At(now));
    now += seconds(pause);
    // The refused credential is used again, for lack of a better one.
    CHECK(machine.Next(At(now - milliseconds(1))) == Action::kUse);
  }
  CHECK(machine.Next(At(now)) == Action::kRun);
  machine.OnStarted();
  machine.OnCredential(Token("b"), At(seconds(0)));
  machine.OnAccepted(machine.version());
  machine.OnRefused(machine.version(), At(now));
  RunInVain(machine, now);
  CHECK(machine.Next(At(now + milliseconds(999))) == Action::kUse);
  CHECK(machine.Next(At(now + seconds(1))) == Action::kRun);
}

TEST_CASE("a refused credential that expires while its plugin is held back is not used again") {
  ExecMachine machine;
  for (int i = 0; i < 2; ++i) {
    machine.OnStarted();
    machine.OnCredential(Token("a", seconds(10)), At(seconds(0)));
    machine.OnRefused(machine.version(), At(milliseconds(9'500)));
  }
  CHECK(machine.Next(At(milliseconds(9'600))) == Action::kUse);
  CHECK(machine.Next(At(seconds(10))) == Action::kRun);
}

TEST_CASE("an accepted credential ends the pause of its plugin") {
  ExecMachine machine;
  for (int i = 0; i < 2; ++i) {
    machine.OnStarted();
    machine.OnCredential(Token("a", seconds(10)), At(seconds(0)));
    machine.OnRefused(machine.version(), At(milliseconds(9'500)));
  }
  machine.OnStarted();
  machine.OnCredential(Token("b"), At(seconds(10)));
  machine.OnAccepted(machine.version());
  machine.OnRefused(machine.version(), At(milliseconds(10'100)));
  CHECK(machine.Next(At(milliseconds(10'100))) == Action::kRun);
}

TEST_CASE("requests fail if the plugin fails after a refusal") {
  ExecMachine machine;
  machine.OnStarted();
  machine.OnCredential(Token("a"), At(seconds(0)));
  machine.OnRefused(machine.version(), At(seconds(0)));
  machine.OnStarted();
  machine.OnFailure(Failure(), At(seconds(0)));
  CHECK(machine.Next(At(seconds(0))) == Action::kFail);
  CHECK(machine.Next(At(seconds(1))) == Action::kRun);
}

}  // namespace
}  // namespace k8sm::client
