#include "lib/mesos/poll_machine.h"

#include <algorithm>
#include <utility>

namespace k8sm::mesos {
namespace {

constexpr std::string_view kRedirectTarget = "/master/redirect";
constexpr std::string_view kAgentsTarget = "/master/slaves";
// Path of the list in Mesos 0.20 and 0.21.
constexpr std::string_view kStateTarget = "/master/state.json";

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

Error StatusError(const MasterUrl& master, std::string_view target, int status) {
  Errc code = Errc::kServerError;
  if (status == 401) code = Errc::kUnauthorized;
  if (status == 403) code = Errc::kForbidden;
  if (status < 400) code = Errc::kMalformed;
  std::string message =
      ToString(master) + " answers " + std::to_string(status) + " to " + std::string(target);
  return {.code = code, .message = std::move(message), .http_status = status};
}

std::string WhyWithoutCredentials(const MasterUrl& master) {
  const std::string why = master.secure ? "its address came over http" : "they would be sent over http";
  return "; it got no credentials, since " + why +
         ": give -mesos_master as https://, or set -mesos_insecure_credentials";
}

// Ranks outcomes by how much they say about why there are no agents; the highest one is reported.
int RankOf(PollOutcome outcome) {
  switch (outcome) {
    case PollOutcome::kUnauthorized:
      return 3;
    case PollOutcome::kNoLeader:
      return 2;
    case PollOutcome::kMalformed:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view ToString(PollOutcome outcome) {
  switch (outcome) {
    case PollOutcome::kOk:
      return "ok";
    case PollOutcome::kPartial:
      return "partial";
    case PollOutcome::kUnreachable:
      return "unreachable";
    case PollOutcome::kNoLeader:
      return "no_leader";
    case PollOutcome::kUnauthorized:
      return "unauthorized";
    case PollOutcome::kMalformed:
      return "malformed";
  }
  return "";
}

std::chrono::milliseconds IntervalOfPolls(std::chrono::milliseconds period, std::chrono::milliseconds took) {
  constexpr int kShare = 20;
  return std::max(period, kShare * std::min<std::chrono::milliseconds>(took, kLongestPoll));
}

std::chrono::milliseconds PauseAfterPoll(std::chrono::milliseconds period, std::chrono::milliseconds took) {
  return IntervalOfPolls(period, took) - std::min<std::chrono::milliseconds>(took, kLongestPoll);
}

PollMachine::PollMachine(std::vector<MasterUrl> masters, SendCredentials send)
    : masters_(std::move(masters)), send_(send) {}

PollMachine::Step PollMachine::Begin(TimePoint now, double unix_seconds) {
  now_ = now;
  unix_seconds_ = unix_seconds;
  next_master_ = 0;
  confirming_ = started_over_ = tried_state_ = false;
  empty_list_.reset();
  result_ = {};
  leader_is_old_ = leader_.has_value();
  if (leader_) return GetAgents(*leader_, false);
  return AskNext();
}

bool PollMachine::IsTrusted(const MasterUrl& master) const {
  return std::find(masters_.begin(), masters_.end(), master) != masters_.end() ||
         (leader_is_trusted_ && leader_ == master);
}

PollMachine::Step PollMachine::Request(Step::Kind kind, const MasterUrl& master, std::string_view target) {
  const bool safe = send_ == SendCredentials::kOverHttps && master.secure && IsTrusted(master);
  step_ = {kind, master, target, safe || send_ == SendCredentials::kAlways};
  return step_;
}

PollMachine::Step PollMachine::Ask(const MasterUrl& master) {
  return Request(Step::Kind::kAskLeader, master, kRedirectTarget);
}

PollMachine::Step PollMachine::AskNext() {
  if (next_master_ == masters_.size()) return Fail();
  return Ask(masters_[next_master_++]);
}

PollMachine::Step PollMachine::GetAgents(const MasterUrl& leader, bool confirmed) {
  if (!leader_ || *leader_ != leader) leads_since_ = now_;
  leader_ = leader;
  confirmed_ = confirmed;
  // What failed on the way to this leader is no reason any more why there are no agents.
  result_ = {};
  return Request(Step::Kind::kGetAgents, leader, kAgentsTarget);
}

PollMachine::Step PollMachine::Fail() {
  leader_.reset();
  step_ = {};
  return step_;
}

void PollMachine::Note(PollOutcome outcome, Error error) {
  const bool first = result_.error.message.empty();
  if (!first && RankOf(outcome) <= RankOf(result_.outcome)) return;
  result_.outcome = outcome;
  result_.error = std::move(error);
}

// Notes a 401 or 403.
void PollMachine::NoteRefusal(int status) {
  Error error = StatusError(step_.master, step_.target, status);
  if (send_ == SendCredentials::kOverHttps && !step_.with_credentials)
    error.message += WhyWithoutCredentials(step_.master);
  Note(PollOutcome::kUnauthorized, std::move(error));
}

// Searches for the leader once more, because it may have changed.
PollMachine::Step PollMachine::StartOver(PollOutcome outcome, Error error) {
  Note(outcome, std::move(error));
  confirming_ = false;
  empty_list_.reset();
  if (started_over_) return Fail();
  started_over_ = true;
  tried_state_ = false;
  leader_is_old_ = false;
  leader_.reset();
  next_master_ = 0;
  return AskNext();
}

PollMachine::Step PollMachine::OnAnswer(int status, std::string_view location) {
  return step_.kind == Step::Kind::kAskLeader ? OnLeaderAnswer(status, location) : OnAgentsStatus(status);
}

PollMachine::Step PollMachine::OnLeaderAnswer(int status, std::string_view location) {
  const MasterUrl asked = step_.master;
  if (IsRedirect(status)) {
    const auto leader = ParseLocation(location, asked);
    if (leader) return OnNamed(*leader);
    Note(PollOutcome::kMalformed, leader.error());
  } else if (status == 401 || status == 403) {
    NoteRefusal(status);
  } else if (status == 503) {
    Note(PollOutcome::kNoLeader,
         {.code = Errc::kUnavailable, .message = ToString(asked) + " knows of no leader"});
  } else {
    Note(PollOutcome::kMalformed, StatusError(asked, kRedirectTarget, status));
  }
  return confirming_ ? StartOver(result_.outcome, result_.error) : AskNext();
}

PollMachine::Step PollMachine::OnNamed(const MasterUrl& leader) {
  const bool itself = leader == step_.master;
  // Over http anybody may have answered.
  leader_is_trusted_ = step_.master.secure && IsTrusted(step_.master);
  if (!confirming_) return GetAgents(leader, itself);
  confirming_ = false;
  if (itself) return Finish(*std::exchange(empty_list_, std::nullopt));
  empty_list_.reset();
  if (started_over_) {
    Note(PollOutcome::kNoLeader,
         {.code = Errc::kUnavailable, .message = "the masters name each other as leader"});
    return Fail();
  }
  started_over_ = true;
  return GetAgents(leader, false);
}

PollMachine::Step PollMachine::OnAgentsStatus(int status) {
  const MasterUrl& master = step_.master;
  if (status == 404 && !tried_state_) {
    tried_state_ = true;
    step_.target = kStateTarget;
    return step_;
  }
  if (status == 401 || status == 403) {
    NoteRefusal(status);
    return Fail();
  }
  Error error = StatusError(master, step_.target, status);
  if (IsRedirect(status) || status == 503) {
    error = {.code = Errc::kUnavailable, .message = ToString(master) + " does not lead"};
    return StartOver(PollOutcome::kNoLeader, std::move(error));
  }
  if (leader_is_old_) return StartOver(PollOutcome::kUnreachable, std::move(error));
  Note(status < 500 ? PollOutcome::kMalformed : PollOutcome::kUnreachable, std::move(error));
  return Fail();
}

PollMachine::Step PollMachine::OnError(const Error& error) {
  Error named = error;
  named.message = ToString(step_.master) + ": " + error.message;
  if (step_.kind == Step::Kind::kAskLeader) {
    if (confirming_) return StartOver(PollOutcome::kUnreachable, std::move(named));
    Note(PollOutcome::kUnreachable, std::move(named));
    return AskNext();
  }
  if (leader_is_old_) return StartOver(PollOutcome::kUnreachable, std::move(named));
  Note(PollOutcome::kUnreachable, std::move(named));
  return Fail();
}

PollMachine::Step PollMachine::OnAgents(Result<AgentList> agents) {
  if (!agents) {
    Error named = agents.error();
    named.message = ToString(step_.master) + ": " + named.message;
    Note(PollOutcome::kMalformed, std::move(named));
    return Fail();
  }
  // A non-leading master of Mesos 0.2x responds with its own, empty list.
  const bool empty = agents->agents.empty() && agents->unreadable == 0;
  if (empty && !confirmed_) {
    empty_list_ = *std::move(agents);
    confirming_ = true;
    return Ask(*leader_);
  }
  return Finish(*std::move(agents));
}

bool PollMachine::HasAll(const AgentList& agents) const {
  if (agents.unreadable > 0) return false;
  if (agents.recovered) return *agents.recovered == 0;
  if (now_ - leads_since_ >= kReregistration) return true;
  // An agent that registered before that time registered with this master.
  const double long_ago = unix_seconds_ - std::chrono::duration<double>(kReregistration).count();
  return agents.first_registration && *agents.first_registration <= long_ago;
}

PollMachine::Step PollMachine::Finish(AgentList agents) {
  result_ = {};
  result_.outcome = HasAll(agents) ? PollOutcome::kOk : PollOutcome::kPartial;
  result_.agents = std::move(agents);
  result_.leader = *leader_;
  step_ = {};
  return step_;
}

PollResult PollMachine::TakeResult() {
  return std::move(result_);
}

}  // namespace k8sm::mesos
