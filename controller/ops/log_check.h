// Detects that stderr is blocked, so that logging would block the program.

#ifndef K8SM_CONTROLLER_OPS_LOG_CHECK_H_
#define K8SM_CONTROLLER_OPS_LOG_CHECK_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {

// The health check "log". Fails when stderr has not been writable for more than two minutes, e.g. because the
// reader of its pipe hangs: the next log line would block the only thread. Does no I/O of its own: the caller
// passes the current time.
class LogCheck {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `takes_lines` returns whether a line can be written without blocking.
  explicit LogCheck(std::function<bool()> takes_lines) : takes_lines_(std::move(takes_lines)) {}

  // Returns why the check fails; nullopt if it passes.
  std::optional<std::string> Failure(TimePoint now);

 private:
  const std::function<bool()> takes_lines_;
  std::optional<TimePoint> stuck_since_;
};

// Whether a line can be written to stderr without blocking.
bool StderrTakesLines();

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_LOG_CHECK_H_
