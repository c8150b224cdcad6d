// Runs a program asynchronously.

#ifndef K8SM_LIB_CLIENT_AUTH_CHILD_PROCESS_H_
#define K8SM_LIB_CLIENT_AUTH_CHILD_PROCESS_H_

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

// The program to run and its limits.
struct ChildCommand {
  std::string file;  // a path, or a name without a slash that is looked up in this process's PATH
  std::vector<std::string> args;
  std::vector<std::string> environment;  // NAME=VALUE
  std::chrono::milliseconds timeout{60'000};
  std::size_t max_output_bytes = 1 << 20;
};

// How the program ended.
struct ChildResult {
  // The reason for the end; it determines the meaning of `code`.
  enum class End {
    kNotStarted,  // `code` is the errno
    kExited,      // `code` is the exit code
    kKilled,      // `code` is the signal number
    kTimedOut,
    kTooMuchOutput,
  };
  End end = End::kNotStarted;
  int code = 0;
  std::string output;  // the complete stdout; set with kExited
};

// A child process in its own process group. Its stdin is empty and it inherits only stdout and stderr. It is
// reaped through a pidfd (Linux 5.3), so no SIGCHLD handler is needed. If it exceeds its timeout or
// max_output_bytes, its process group is killed; processes that it leaves running when it exits are left
// alone.
class ChildProcess {
 public:
  // Called for each line of stderr, without line end: the first 100 lines, each truncated to 500 bytes.
  using OnLine = std::function<void(std::string_view line)>;
  // Called exactly once, unless the object is destroyed before, and never from within the constructor.
  using OnEnd = std::function<void(ChildResult result)>;

  // Starts the child. If that fails, `on_end` receives kNotStarted.
  ChildProcess(boost::asio::any_io_executor executor, const ChildCommand& command, OnLine on_line,
               OnEnd on_end);
  // Kills the child if it is still running. No callback is called afterwards. May be called from within
  // OnEnd.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

 private:
  class Watch;

  std::shared_ptr<Watch> watch_;  // lives until the child is reaped
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_CHILD_PROCESS_H_
