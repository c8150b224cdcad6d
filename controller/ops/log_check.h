// Whether the log gets rid of its lines.

#ifndef K8SM_CONTROLLER_OPS_LOG_CHECK_H_
#define K8SM_CONTROLLER_OPS_LOG_CHECK_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {

// The health check "log": fails where stderr has taken nothing for more than two minutes, as where the reader
// of its pipe hangs. The next line would hold up the whole program. Pure: the time is passed in.
class LogCheck {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `takes_lines` tells whether a line could be written now without waiting.
  explicit LogCheck(std::function<bool()> takes_lines) : takes_lines_(std::move(takes_lines)) {}

  // Why it fails; nothing: it is well.
  std::optional<std::string> Failure(TimePoint now);

 private:
  const std::function<bool()> takes_lines_;
  std::optional<TimePoint> stuck_since_;
};

// Whether stderr takes a line without waiting.
bool StderrTakesLines();

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_LOG_CHECK_H_
