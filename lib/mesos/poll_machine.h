// Finds the leading master and asks it for its agents. Without I/O: the caller sends what a step says and
// reports what came of it.

#ifndef K8SM_LIB_MESOS_POLL_MACHINE_H_
#define K8SM_LIB_MESOS_POLL_MACHINE_H_

#include "lib/base/error.h"
#include "lib/mesos/agent_list.h"
#include "lib/mesos/master_url.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::mesos {

enum class PollOutcome : std::uint8_t {
  kOk,            // all agents there are
  kPartial,       // agents, but perhaps not all of them
  kUnreachable,   // no answer, or a failure of the server
  kNoLeader,      // no master leads, or none is known to
  kUnauthorized,  // 401 or 403
  kMalformed,     // an answer that is none
};

std::string_view ToString(PollOutcome outcome);  // "ok", "partial", "unreachable", ...

struct PollResult {
  PollOutcome outcome = PollOutcome::kUnreachable;
  Error error;       // unless kOk or kPartial; names the master
  AgentList agents;  // with kOk and kPartial
  MasterUrl leader;  // who gave them
};

class PollMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // After a failover agents have so much time to register again (--agent_reregister_timeout): a master that
  // does not say which are missing is believed to have all when it has led for that long.
  static constexpr std::chrono::minutes kReregistration{10};

  // REQUIRES: at least one master.
  explicit PollMachine(std::vector<MasterUrl> masters);

  // A GET to be sent; with kDone, none is left, and there is a result.
  struct Step {
    enum class Kind : std::uint8_t { kAskLeader, kGetAgents, kDone };
    Kind kind = Kind::kDone;
    MasterUrl master;
    std::string_view target;  // a literal
  };

  // Begins a poll: at the leader that is known from the one before, or with the first master. `unix_seconds`
  // is the time since 1970.
  Step Begin(TimePoint now, double unix_seconds);

  // What became of the last step; one of these for each, and then the next step. Redirects are followed by
  // the machine alone.
  Step OnAnswer(int status,
                std::string_view location);  // any answer to kAskLeader; one other than 200 to kGetAgents
  Step OnAgents(Result<AgentList> agents);   // a 200 to kGetAgents, read to its end
  Step OnError(const Error& error);          // no answer

  // REQUIRES: the last step was kDone. Call once for each poll.
  PollResult TakeResult();

 private:
  Step Ask(const MasterUrl& master);
  Step AskNext();
  Step GetAgents(const MasterUrl& leader, bool confirmed);
  Step StartOver(PollOutcome outcome, Error error);
  Step OnLeaderAnswer(int status, std::string_view location);
  Step OnAgentsStatus(int status);
  Step OnNamed(const MasterUrl& leader);
  Step Finish(AgentList agents);
  Step Fail();
  void Note(PollOutcome outcome, Error error);
  bool HasAll(const AgentList& agents) const;

  std::vector<MasterUrl> masters_;
  std::optional<MasterUrl> leader_;  // as of the last poll that succeeded, or the present one
  TimePoint leads_since_;            // since when we have seen it lead

  // Of the present poll.
  TimePoint now_;
  double unix_seconds_ = 0;
  Step step_;
  std::size_t next_master_ = 0;
  bool leader_is_old_ = false;  // known from an earlier poll: it may lead no more
  bool confirmed_ = false;      // the leader has said itself that it leads
  bool confirming_ = false;     // it is asked that now
  bool started_over_ = false;
  bool tried_state_ = false;
  std::optional<AgentList> empty_list_;  // while it is being confirmed
  PollResult result_;
};

// How long to wait after a poll that took so long, so that polls begin a period apart and take no more than 5
// % of the time.
std::chrono::milliseconds PauseAfterPoll(std::chrono::milliseconds period, std::chrono::milliseconds took);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_POLL_MACHINE_H_
