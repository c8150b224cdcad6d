#include "lib/leader/former_lock.h"

#include "lib/leader/election_rules.h"

#include <utility>

namespace k8sm::leader {
namespace {

using Type = ElectorAction::Type;

}  // namespace

FormerLock::FormerLock(ElectionOptions options)
    : options_(std::move(options)), observed_(options_.identity, options_.lease_duration) {}

std::optional<ElectorAction> FormerLock::Next(const Moment& moment) {
  switch (state_) {
    case State::kRest:
      if (moment.now < due_) return ElectorAction{.type = Type::kSleep, .until = due_};
      return ElectorAction{.type = Type::kGet};
    case State::kWrite:
      return ElectorAction{.type = Type::kUpdate, .lease = std::move(wanted_)};
    case State::kPassed:
      break;
  }
  return std::nullopt;
}

void FormerLock::OnRead(const Result<kube::Lease>& lock, const Moment& moment) {
  if (!lock && (lock.error().code == Errc::kNotFound || lock.error().code == Errc::kForbidden)) {
    state_ = State::kPassed;
    return;
  }
  if (!lock) return Rest(moment.now + PauseAfter(lock.error(), options_.retry_period, moment.random));
  observed_.Observe(*lock, moment.now);
  const bool is_record = !lock->holder_identity.empty() || lock->renew_time;
  if (!is_record || lock->superseded) {
    state_ = State::kPassed;
  } else if (observed_.HeldByOther(moment.now)) {
    Rest(moment.now + PauseBeforeLook(options_.retry_period, moment.random));
  } else {
    wanted_ = Taken(*lock, options_, moment.wall);
    wanted_.superseded = true;
    state_ = State::kWrite;
  }
}

void FormerLock::OnWritten(const Result<kube::Lease>& stored, const Moment& moment) {
  if (stored || stored.error().code == Errc::kForbidden) {
    state_ = State::kPassed;
  } else {
    Rest(moment.now + PauseAfter(stored.error(), options_.retry_period, moment.random));
  }
}

void FormerLock::Rest(ObservedRecord::TimePoint due) {
  due_ = due;
  state_ = State::kRest;
}

}  // namespace k8sm::leader
