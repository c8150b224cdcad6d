// Running another program without waiting for it.

#ifndef K8SM_LIB_CLIENT_CHILD_PROCESS_H_
#define K8SM_LIB_CLIENT_CHILD_PROCESS_H_

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

struct ChildCommand {
  std::string file;  // a path, or without a slash a name to look up in our PATH
  std::vector<std::string> args;
  std::vector<std::string> environment;  // NAME=VALUE
  std::chrono::milliseconds timeout{60'000};
  std::size_t max_output_bytes = 1 << 20;
};

struct ChildResult {
  enum class End {
    kNotStarted,  // `code` is an errno
    kExited,      // `code` is its exit code
    kKilled,      // `code` is the signal
    kTimedOut,
    kTooMuchOutput,
  };
  End end = End::kNotStarted;
  int code = 0;
  std::string output;  // all of stdout, with kExited
};

// A child of this process, in a process group of its own, that finds its stdin at the end, inherits no file
// but stdout and stderr, and is reaped through a pidfd (Linux 5.3), so that nobody has to listen for SIGCHLD.
// What it leaves running when it exits is left alone; where it takes too long or says too much, the group is
// killed.
class ChildProcess {
 public:
  // Each line of stderr, without its end; the first 100, each of at most 500 bytes.
  using OnLine = std::function<void(std::string_view line)>;
  // Once, and never from within the constructor.
  using OnEnd = std::function<void(ChildResult result)>;

  ChildProcess(boost::asio::any_io_executor executor, const ChildCommand& command, OnLine on_line,
               OnEnd on_end);
  // Kills it where it has not ended, and calls nobody. May be called from within OnEnd.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

 private:
  class Watch;

  std::shared_ptr<Watch> watch_;  // lives on until the child is reaped
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CHILD_PROCESS_H_
