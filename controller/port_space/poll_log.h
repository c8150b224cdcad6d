// Decides what to log about polls of the Mesos masters.

#ifndef K8SM_CONTROLLER_PORT_SPACE_POLL_LOG_H_
#define K8SM_CONTROLLER_PORT_SPACE_POLL_LOG_H_

#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/mesos/poll_machine.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::controller {

class PollLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Returns the lines for a poll: failures once a minute and kind of error, and their end; and when the list
  // of agents begins or ceases to be incomplete, or is so for another reason.
  std::vector<LogLine> OnPoll(const mesos::PollResult& result, TimePoint now);

 private:
  enum class Incomplete { kNot, kUnreadable, kRecovering, kYoung };

  static Incomplete WhyIncomplete(const mesos::PollResult& result);
  static std::string Describe(Incomplete why, const mesos::AgentList& list);
  void OnList(const mesos::PollResult& result, std::vector<LogLine>& lines);

  FailureLog failures_;
  Incomplete incomplete_ = Incomplete::kNot;  // the last list
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_POLL_LOG_H_
