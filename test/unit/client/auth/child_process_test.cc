#include "lib/client/auth/child_process.h"

#include "test/support/catch.h"
#include "test/support/temp_directory.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <memory>
#include <optional>
#include <sched.h>
#include <string>
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

TEST_CASE("a child's output, stderr and exit code are told") {
  const Outcome outcome =
      RunChild(Shell(R"(printf 'out $NAME'; echo "err $NAME" >&2; printf 'last' >&2; exit 3)"));
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.code == 3);
  CHECK(outcome.result.output == "out $NAME");
  CHECK((outcome.lines == std::vector<std::string>{"err va lue", "last"}));
}

TEST_CASE("a child has no stdin, no files of ours, and a process group of its own") {
  asio::io_context io;
  const asio::ip::tcp::acceptor inherited(io, {asio::ip::address_v4::loopback(), 0});
  const Outcome outcome = RunChild(Shell(
      R"sh(cat; for fd in /proc/$$/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && readlink "$fd" | grep socket; done;
         [ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] && echo leads)sh"));
  CHECK(outcome.result.output == "leads\n");
}

TEST_CASE("a child that is killed is told from one that exits") {
  const Outcome outcome = RunChild(Shell("kill -TERM $$"));
  CHECK(outcome.result.end == End::kKilled);
  CHECK(outcome.result.code == SIGTERM);
}

TEST_CASE("a program that is not there or can't be run is told by its errno") {
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

// Whether it runs: it may be dead and not yet reaped by whoever inherits it.
bool IsAlive(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string number;
  std::string name;
  std::string state;
  return file >> number >> name >> state && state != "Z" && state != "X";
}

TEST_CASE("a child that takes too long is killed with all that it has started") {
  ChildCommand command = Shell("sleep 1000 & echo $! >&2; wait");
  command.timeout = std::chrono::milliseconds(300);
  const Outcome outcome = RunChild(command);
  CHECK(outcome.result.end == End::kTimedOut);
  CHECK(outcome.result.output.empty());
  REQUIRE(outcome.lines.size() == 1);
  while (IsAlive(outcome.lines.front())) ::sched_yield();
}

TEST_CASE("a child that says too much is killed") {
  ChildCommand command = Shell("yes");
  command.max_output_bytes = 10'000;
  CHECK(RunChild(command).result.end == End::kTooMuchOutput);
  command = Shell("printf 123456");
  command.max_output_bytes = 6;
  CHECK(RunChild(command).result.output == "123456");
  command.max_output_bytes = 5;
  CHECK(RunChild(command).result.end == End::kTooMuchOutput);
}

TEST_CASE("a child that fills stderr ends and not all of it is told") {
  const Outcome outcome =
      RunChild(Shell("head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; yes | head -n 100000 >&2"));
  CHECK(outcome.result.end == End::kExited);
  REQUIRE(outcome.lines.size() == 101);
  CHECK(outcome.lines.front() == std::string(500, 'x'));
  CHECK(outcome.lines.back() == "(the rest is left out)");
}

TEST_CASE("a helper that a child leaves behind does not hold up its end") {
  const Outcome outcome = RunChild(Shell("sleep 5 & echo done"));
  CHECK(outcome.result.end == End::kExited);
  CHECK(outcome.result.output == "done\n");
}

TEST_CASE("a child that nobody wants any more is killed and calls nobody") {
  asio::io_context io;
  bool called = false;
  auto child = std::make_unique<ChildProcess>(
      io.get_executor(), Shell("sleep 60"), [&](std::string_view) { called = true; },
      [&](const ChildResult&) { called = true; });
  io.poll();
  child.reset();
  io.restart();
  io.run();  // until it is reaped
  CHECK_FALSE(called);
}

}  // namespace
}  // namespace k8sm::client
