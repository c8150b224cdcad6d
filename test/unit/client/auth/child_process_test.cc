#include "lib/client/auth/child_process.h"

#include "test/support/catch.h"
#include "test/support/temp_directory.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sched.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::TempDirectory;

namespace asio = boost::asio;
using End = ChildResult::End;

struct Outcome {
  ChildResult result;
  std::vector<std::string> lines;
};

ChildCommand Shell(const std::string& script) {
  return {.file = "sh", .args = {"-c", script}, .environment = {"PATH=/usr/bin:/bin", "NAME=va lue"}};
}

Outcome RunChild(const ChildCommand& command) {
  asio::io_context io;
  Outcome outcome;
  std::optional<ChildResult> result;
  const ChildProcess child(
      io.get_executor(), command, [&](std::string_view line) { outcome.lines.emplace_back(line); },
      [&](ChildResult end) { result = std::move(end); });
  CHECK_FALSE(result.has_value());
  while (!result) io.run_one();
  outcome.result = std::move(*result);
  return outcome;
}

TEST_CASE("the output, the lines of stderr and the exit code of a child are reported") {
  const Outcome outcome =
      RunChild(Shell(R"(printf 'out $NAME'; echo "err $NAME" >&2; printf 'last' >&2; exit 3)"));
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.code == 3);
  CHECK(outcome.result.output == "out $NAME");
  CHECK((outcome.lines == std::vector<std::string>{"err va lue", "last"}));
}

TEST_CASE("a child has an empty stdin, inherits no sockets and leads a process group of its own") {
  asio::io_context io;
  const asio::ip::tcp::acceptor inherited(io, {asio::ip::address_v4::loopback(), 0});
  const Outcome outcome = RunChild(Shell(
      R"sh(cat; for fd in /proc/$$/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && readlink "$fd" | grep socket; done;
         [ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] && echo leads)sh"));
  CHECK(outcome.result.output == "leads\n");
}

TEST_CASE("a child does not read the stdin of its parent") {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  REQUIRE(::write(pipe[1], "ours", 4) == 4);
  ::close(pipe[1]);
  const int before = ::dup(STDIN_FILENO);
  ::dup2(pipe[0], STDIN_FILENO);
  ::close(pipe[0]);
  const Outcome outcome = RunChild(Shell("cat"));
  ::dup2(before, STDIN_FILENO);
  ::close(before);
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.output.empty());
}

TEST_CASE("a child does not inherit blocked and ignored signals") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t previous;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &previous);
  const auto mask = [](const std::string& name) {
    const Outcome outcome = RunChild(Shell("grep " + name + " /proc/self/status | cut -f2"));
    return std::stoull(outcome.result.output, nullptr, 16);
  };
  const auto child_blocked = mask("SigBlk");
  const auto child_ignored = mask("SigIgn");
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  std::signal(SIGPIPE, before);
  CHECK((child_blocked >> (SIGTERM - 1) & 1) == 0);
  CHECK((child_ignored >> (SIGPIPE - 1) & 1) == 0);
}

std::ptrdiff_t OpenFiles() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST_CASE("a child leaves no file open, whether it runs or cannot be started") {
  RunChild(Shell(""));  // opens whatever stays open for good
  const std::ptrdiff_t before = OpenFiles();
  RunChild(Shell("echo out; echo err >&2"));
  RunChild({.file = "/nowhere"});
  CHECK(OpenFiles() == before);
}

TEST_CASE("all output of a child is reported although it has exited before anything was read") {
  asio::io_context io;
  std::vector<std::string> lines;
  std::optional<ChildResult> result;
  const ChildProcess child(
      io.get_executor(),
      Shell("head -c 20000 /dev/zero | tr '\\0' x; for i in $(seq 90); do printf '%0100d\\n' $i >&2; done"),
      [&](std::string_view line) { lines.emplace_back(line); },
      [&](ChildResult end) { result = std::move(end); });
  siginfo_t info{};
  REQUIRE(::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0);
  while (!result) io.run_one();
  CHECK(result->output == std::string(20'000, 'x'));
  REQUIRE(lines.size() == 90);
  CHECK(lines.back() == std::string(98, '0') + "90");
}

TEST_CASE("a child that is killed is reported as killed, with the signal") {
  const Outcome outcome = RunChild(Shell("kill -TERM $$"));
  CHECK(outcome.result.end == End::kKilled);
  CHECK(outcome.result.code == SIGTERM);
}

TEST_CASE("a program that is missing or not executable is reported with its errno") {
  const TempDirectory directory;
  const std::string text = directory.Write("text", "nothing to run");
  const std::vector<std::pair<std::string, int>> cases = {
      {"no-such-program-anywhere", ENOENT}, {directory.path() + "/none", ENOENT}, {text, EACCES}};
  for (const auto& [file, code] : cases) {
    CAPTURE(file);
    const Outcome outcome = RunChild({.file = file});
    CHECK(outcome.result.end == End::kNotStarted);
    CHECK(outcome.result.code == code);
  }
}

// Whether the process runs. It may be dead but not yet reaped by its new parent.
bool IsAlive(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string number;
  std::string name;
  std::string state;
  return file >> number >> name >> state && state != "Z" && state != "X";
}

TEST_CASE("a child that exceeds its timeout is killed with all processes that it has started") {
  ChildCommand command = Shell("sleep 1000 & echo $! >&2; wait");
  command.timeout = std::chrono::milliseconds(300);
  const Outcome outcome = RunChild(command);
  CHECK(outcome.result.end == End::kTimedOut);
  CHECK(outcome.result.output.empty());
  REQUIRE(outcome.lines.size() == 1);
  while (IsAlive(outcome.lines.front())) ::sched_yield();
}

TEST_CASE("a child that prints more than max_output_bytes is killed") {
  ChildCommand command = Shell("yes");
  command.max_output_bytes = 10'000;
  CHECK(RunChild(command).result.end == End::kTooMuchOutput);
  command = Shell("printf 123456");
  command.max_output_bytes = 6;
  CHECK(RunChild(command).result.output == "123456");
  command.max_output_bytes = 5;
  CHECK(RunChild(command).result.end == End::kTooMuchOutput);
}

TEST_CASE("a child may flood stderr, of which 100 lines of at most 500 bytes are reported") {
  const Outcome outcome =
      RunChild(Shell("head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; yes | head -n 100000 >&2"));
  CHECK(outcome.result.end == End::kExited);
  REQUIRE(outcome.lines.size() == 101);
  CHECK(outcome.lines.front() == std::string(500, 'x'));
  CHECK(outcome.lines.back() == "(the rest is omitted)");
}

TEST_CASE("a background process that a child leaves behind does not delay its result") {
  const Outcome outcome = RunChild(Shell("sleep 5 & echo done"));
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.output == "done\n");
}

TEST_CASE("a background process that keeps writing to stderr does not delay the child's result") {
  const Outcome outcome = RunChild(Shell("yes >&2 & exit 3"));
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.code == 3);
}

TEST_CASE("destroying a ChildProcess kills the child and prevents further callbacks") {
  asio::io_context io;
  std::vector<std::string> lines;
  bool ended = false;
  ChildCommand command = Shell("printf '%s\\nbegun' $$ >&2; sleep 100000");
  command.timeout = std::chrono::hours(24);
  auto child = std::make_unique<ChildProcess>(
      io.get_executor(), command, [&](std::string_view line) { lines.emplace_back(line); },
      [&](const ChildResult&) { ended = true; });
  while (lines.empty()) io.run_one();
  child.reset();
  io.run();  // until the child is reaped
  CHECK_FALSE(IsAlive(lines.front()));
  CHECK(lines.size() == 1);
  CHECK_FALSE(ended);
}

TEST_CASE("a child that has ended does not keep the io_context running") {
  asio::io_context io;
  ChildCommand command = Shell("exit 0");
  command.timeout = std::chrono::hours(24);
  bool ended = false;
  const ChildProcess child(
      io.get_executor(), command, [](std::string_view) {}, [&](const ChildResult&) { ended = true; });
  io.run();
  CHECK(ended);
}

}  // namespace
}  // namespace k8sm::client
