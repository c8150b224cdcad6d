// Finds the leading master and requests its agents, as a state machine without I/O: the caller sends the
// request of each step and passes in the outcome.

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
  kOk,            // all agents
  kPartial,       // agents, possibly not all of them
  kUnreachable,   // no response, or a server error
  kNoLeader,      // no master leads, or the leader is unknown
  kUnauthorized,  // 401 or 403
  kMalformed,     // the response is invalid
};

std::string_view ToString(PollOutcome outcome);  // "ok", "partial", "unreachable", ...

struct PollResult {
  PollOutcome outcome = PollOutcome::kUnreachable;
  // Set unless kOk or kPartial; names the master. If a leader was found it is that of the last one; if not,
  // it says most about why.
  Error error;
  AgentList agents;  // set if kOk or kPartial
  MasterUrl leader;  // the master that reported the agents
};

// Which requests are sent with credentials.
enum class SendCredentials : std::uint8_t {
  kNever,
  // Those over https to the given masters, and to a leader that such a master, or a leader so named, named
  // over https.
  kOverHttps,
  kAlways,
};

// Remembers the leader between polls.
class PollMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Time for agents to reregister after a failover (--agent_reregister_timeout). A master that does not
  // report missing agents is assumed to know all agents once it has led for this time.
  static constexpr std::chrono::minutes kReregistration{10};

  // REQUIRES: `masters` is not empty.
  explicit PollMachine(std::vector<MasterUrl> masters, SendCredentials send = SendCredentials::kNever);

  // A GET to send; kDone: the poll has ended and TakeResult() may be called.
  struct Step {
    enum class Kind : std::uint8_t { kAskLeader, kGetAgents, kDone };
    Kind kind = Kind::kDone;
    MasterUrl master;
    std::string_view target;        // a literal
    bool with_credentials = false;  // whether the request may have them
  };

  // Begins a poll, with the leader of the previous poll or else the first master. `unix_seconds` is the time
  // since 1970.
  Step Begin(TimePoint now, double unix_seconds);

  // Take the outcome of the last step; call exactly one of them per step. Each returns the next step. The
  // caller must not follow redirects itself. OnAnswer() takes any response to kAskLeader, and a response
  // other than 200 to kGetAgents.
  Step OnAnswer(int status, std::string_view location);
  Step OnAgents(Result<AgentList> agents);  // a complete response with status 200 to kGetAgents
  Step OnError(const Error& error);         // no response

  // Returns the result. REQUIRES: the last step was kDone. Call it once per poll.
  PollResult TakeResult();

 private:
  Step Request(Step::Kind kind, const MasterUrl& master, std::string_view target);
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
  void NoteRefusal(int status);
  bool IsTrusted(const MasterUrl& master) const;
  bool HasAll(const AgentList& agents) const;

  std::vector<MasterUrl> masters_;
  SendCredentials send_;
  std::optional<MasterUrl> leader_;  // of the last successful poll, or the current one
  bool leader_is_trusted_ = false;   // a trusted master has named it over https
  TimePoint leads_since_;            // since when we have observed it to lead

  // State of the current poll.
  TimePoint now_;
  double unix_seconds_ = 0;
  Step step_;
  std::size_t next_master_ = 0;
  bool leader_is_old_ = false;  // known from an earlier poll, so it may no longer lead
  bool confirmed_ = false;      // the leader itself has confirmed that it leads
  bool confirming_ = false;     // this is being confirmed
  bool started_over_ = false;
  bool tried_state_ = false;
  std::optional<AgentList> empty_list_;  // set while it is being confirmed
  PollResult result_;
};

// A poll that seems to have taken longer counts as one that took so long, because the process may have been
// suspended meanwhile.
inline constexpr std::chrono::seconds kLongestPoll{3};

// Returns how far apart polls begin after one that took `took`: a period, and so that polls take at most 5 %
// of the time.
std::chrono::milliseconds IntervalOfPolls(std::chrono::milliseconds period, std::chrono::milliseconds took);

// Returns the rest of this interval, from the end of the poll on.
std::chrono::milliseconds PauseAfterPoll(std::chrono::milliseconds period, std::chrono::milliseconds took);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_POLL_MACHINE_H_
