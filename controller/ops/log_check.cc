#include "controller/ops/log_check.h"

#include <poll.h>
#include <unistd.h>

namespace k8sm::controller {
namespace {

// The limit of the "log" check in k8s.io/apiserver/pkg/server/healthz.
constexpr std::chrono::minutes kPatience{2};

}  // namespace

std::optional<std::string> LogCheck::Failure(TimePoint now) {
  if (takes_lines_()) {
    stuck_since_.reset();
    return std::nullopt;
  }
  if (!stuck_since_) stuck_since_ = now;
  if (now - *stuck_since_ <= kPatience) return std::nullopt;
  return "the log can no longer be written";
}

bool StderrTakesLines() {
  pollfd error_output{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&error_output, 1, 0) != 0;
}

}  // namespace k8sm::controller
