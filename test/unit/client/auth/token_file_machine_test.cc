#include "lib/client/auth/token_file_machine.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::client {
namespace {

using News = TokenFileMachine::News;
using std::chrono::milliseconds;
using std::chrono::seconds;

TokenFileMachine::TimePoint At(milliseconds elapsed) {
  return TokenFileMachine::TimePoint(std::chrono::hours(1) + elapsed);
}

const Result<std::string> kUnreadable = Error{.code = Errc::kInvalidConfig, .message = "no"};

TEST_CASE("a token file is read at the first request and again after 50 s") {
  TokenFileMachine machine("a");
  CHECK(machine.token() == "a");
  CHECK(machine.Due(At(seconds(0))));
  CHECK(machine.OnRead(std::string("a"), At(seconds(0))) == News::kNone);
  CHECK_FALSE(machine.Due(At(milliseconds(49'999))));
  CHECK(machine.Due(At(seconds(50))));
  CHECK(machine.OnRead(std::string("b"), At(seconds(50))) == News::kReplaced);
  CHECK(machine.token() == "b");
  CHECK_FALSE(machine.Due(At(seconds(99))));
}

TEST_CASE("the last good token is kept while the file cannot be read, which is reported once") {
  TokenFileMachine machine("a");
  CHECK(machine.OnRead(kUnreadable, At(seconds(0))) == News::kUnreadable);
  CHECK(machine.token() == "a");
  CHECK_FALSE(machine.Due(At(milliseconds(999))));
  CHECK(machine.Due(At(seconds(1))));
  CHECK(machine.OnRead(kUnreadable, At(seconds(1))) == News::kNone);
  CHECK(machine.OnRead(std::string("b"), At(seconds(2))) == News::kReadableAgain);
  CHECK(machine.token() == "b");
  CHECK(machine.OnRead(kUnreadable, At(seconds(60))) == News::kUnreadable);
}

TEST_CASE("a refused token is read again at once unless that has happened since") {
  TokenFileMachine machine("a");
  machine.OnRead(std::string("a"), At(seconds(0)));
  const auto version = machine.version();
  machine.OnRefused(version);
  CHECK(machine.Due(At(seconds(1))));
  machine.OnRead(std::string("a"), At(seconds(1)));
  machine.OnRefused(version);
  CHECK_FALSE(machine.Due(At(seconds(2))));
}

}  // namespace
}  // namespace k8sm::client
