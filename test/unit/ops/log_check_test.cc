#include "controller/ops/log_check.h"

#include "test/support/catch.h"

#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace k8sm::controller {
namespace {

using std::chrono::seconds;

TEST_CASE("the log check fails when no line has been taken for more than two minutes") {
  bool takes = true;
  LogCheck check([&] { return takes; });
  const auto at = [](int time) { return LogCheck::TimePoint(seconds(1'000 + time)); };
  CHECK_FALSE(check.Failure(at(0)).has_value());
  takes = false;
  CHECK_FALSE(check.Failure(at(10)).has_value());
  CHECK_FALSE(check.Failure(at(130)).has_value());
  CHECK(check.Failure(at(131)) == "the log can no longer be written");
  takes = true;
  CHECK_FALSE(check.Failure(at(132)).has_value());
  takes = false;
  CHECK_FALSE(check.Failure(at(140)).has_value());
}

// Redirects standard error to a pipe that nobody reads, for as long as it lives.
class UnreadStderr {
 public:
  UnreadStderr() : before_(dup(STDERR_FILENO)) {
    if (pipe2(pipe_, O_NONBLOCK) == 0) dup2(pipe_[1], STDERR_FILENO);
  }
  ~UnreadStderr() {
    dup2(before_, STDERR_FILENO);
    for (const int each : {before_, pipe_[0], pipe_[1]}) close(each);
  }
  UnreadStderr(const UnreadStderr&) = delete;
  UnreadStderr& operator=(const UnreadStderr&) = delete;

  void Fill() const {
    const std::string bytes(1'024, 'x');
    while (write(pipe_[1], bytes.data(), bytes.size()) > 0) {
    }
  }

 private:
  const int before_;
  int pipe_[2] = {-1, -1};
};

TEST_CASE("StderrTakesLines is true until a pipe that nobody reads is full") {
  bool empty = false;
  bool full = true;
  {
    const UnreadStderr pipe;
    empty = StderrTakesLines();
    pipe.Fill();
    full = StderrTakesLines();
  }
  CHECK(empty);
  CHECK_FALSE(full);
}

}  // namespace
}  // namespace k8sm::controller
