#include "lib/base/standard_streams.h"

#include "test/support/catch.h"

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace k8sm {
namespace {

bool IsDevNull(int descriptor) {
  struct stat is {};
  struct stat null {};
  return ::fstat(descriptor, &is) == 0 && ::stat("/dev/null", &null) == 0 && is.st_rdev == null.st_rdev;
}

// Runs in a child process; returns the number of the first check that fails, or 0.
int CheckWithClosed(unsigned closed) {
  for (int i = 0; i <= 2; ++i) {
    if ((closed >> i & 1) != 0) ::close(i);
  }
  struct stat before[3] = {};
  for (int i = 0; i <= 2; ++i) ::fstat(i, &before[i]);
  if (!PrepareStandardStreams()) return 1;
  for (int i = 0; i <= 2; ++i) {
    struct stat after {};
    if (::fstat(i, &after) != 0) return 2;
    const bool was_open = (closed >> i & 1) == 0;
    if (was_open ? after.st_ino != before[i].st_ino : !IsDevNull(i)) return 3;
  }
  int pipe[2];
  if (::pipe(pipe) != 0 || pipe[0] <= 2) return 4;
  ::close(pipe[0]);
  // Would end the process by SIGPIPE.
  if (::write(pipe[1], "x", 1) != -1) return 5;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(7);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7 ? 0 : 6;
}

TEST_CASE(
    "PrepareStandardStreams opens closed standard streams on /dev/null, ignores SIGPIPE, and not SIGCHLD") {
  for (unsigned closed = 0; closed < 8; ++closed) {
    CAPTURE(closed);
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGPIPE, SIG_DFL);
      std::signal(SIGCHLD, SIG_IGN);
      ::_exit(CheckWithClosed(closed));
    }
    REQUIRE(child > 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
}

}  // namespace
}  // namespace k8sm
