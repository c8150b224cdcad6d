#include "lib/leader/elector_machine.h"

#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/leader/election_rules.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace k8sm::leader {
namespace {

using Type = ElectorAction::Type;

}  // namespace

ElectorMachine::ElectorMachine(ElectionOptions options)
    : options_(std::move(options)), observed_(options_.identity, options_.lease_duration) {}

ElectorAction ElectorMachine::Next(const Moment& moment) {
  if (state_ == State::kEnded) return {.type = end_};
  if (IsOver(moment.now)) return End(releasing_ ? Type::kReleased : Type::kLost);
  if (releasing_ && !renewed_) return End(Type::kReleased);
  switch (state_) {
    case State::kWrite:
      return Send(std::move(wanted_), moment.now);
    case State::kRest: {
      if (moment.now < due_) {
        return {.type = Type::kSleep, .until = renewed_ ? std::min(due_, *sure_until()) : due_};
      }
      begun_ = moment.now;
      fast_ = renewed_ && !releasing_;
      if (fast_) return Send(Renewed(stored_, options_, moment.wall), moment.now);
      break;
    }
    case State::kRead:
    case State::kEnded:
      break;
  }
  return {.type = Type::kGet};
}

ElectorAction ElectorMachine::End(Type type) {
  state_ = State::kEnded;
  end_ = type;
  return {.type = type};
}

ElectorAction ElectorMachine::Send(kube::Lease lease, TimePoint now) {
  sent_ = now;
  sends_release_ = lease.holder_identity.empty();
  const bool is_new = lease.meta.resource_version.empty();
  return {.type = is_new ? Type::kCreate : Type::kUpdate, .lease = std::move(lease)};
}

void ElectorMachine::OnRead(const Result<kube::Lease>& lease, const Moment& moment) {
  if (!lease && lease.error().code == Errc::kNotFound) return OnMissing(moment);
  if (!lease) return Fail(lease.error(), moment);
  Observe(*lease, moment.now);
  const bool is_ours = lease->holder_identity == options_.identity;
  if (!is_ours && (renewed_ || releasing_)) {
    End(releasing_ ? Type::kReleased : Type::kLost);
  } else if (releasing_) {
    Want(Released(*lease, moment.wall));
  } else if (is_ours) {
    Want(Renewed(*lease, options_, moment.wall));
  } else if (lease->superseded) {
    End(Type::kSuperseded);
  } else if (observed_.HeldByOther(moment.now)) {
    RestUntilLook(moment);
  } else {
    Want(Taken(*lease, options_, moment.wall));
  }
}

void ElectorMachine::OnMissing(const Moment& moment) {
  if (releasing_) {
    End(Type::kReleased);
    return;
  }
  // The holder may not have noticed yet that the lease was deleted.
  if (!renewed_ && observed_.HeldByOther(moment.now)) return RestUntilLook(moment);
  kube::Lease lease;
  lease.meta.ns = kube::Symbol(options_.lease_namespace);
  lease.meta.name = kube::Symbol(options_.lease_name);
  if (renewed_) {
    lease.acquire_time = stored_.acquire_time;
    lease.lease_transitions = stored_.lease_transitions;
  }
  Want(Renewed(std::move(lease), options_, moment.wall));
}

void ElectorMachine::OnWritten(const Result<kube::Lease>& stored, const Moment& moment) {
  if (sends_release_) {
    if (stored) Observe(*stored, moment.now);
    End(Type::kReleased);
    return;
  }
  // A renewal was in progress when the release was requested. Whatever became of it, the lease is read next.
  if (!stored && releasing_) return Rest(moment.now);
  if (!stored && fast_) {
    // A conflict only means that the lease must be read again; the read shows the actual reason.
    const bool is_news = stored.error().code != Errc::kConflict || !failure_;
    if (is_news) failure_ = stored.error();
    ++slow_paths_;
    fast_ = false;
    state_ = State::kRead;
    return;
  }
  if (!stored) return Fail(stored.error(), moment);
  if (!renewed_ && moment.now >= sent_ + options_.renew_deadline) {
    return Fail({.code = Errc::kTimeout, .message = "the lease was granted too late to rely on it"}, moment);
  }
  const bool is_visible = Observe(*stored, moment.now);
  stored_ = *stored;
  if (is_visible) renewed_ = sent_;
  failure_.reset();
  Rest(begun_ + options_.retry_period);
}

void ElectorMachine::Release() {
  releasing_ = true;
  if (state_ != State::kEnded) Rest(TimePoint::min());
}

std::optional<ElectorMachine::TimePoint> ElectorMachine::sure_until() const {
  if (!renewed_ || releasing_ || state_ == State::kEnded) return std::nullopt;
  return *renewed_ + options_.renew_deadline;
}

std::string ElectorMachine::WhyLost() const {
  if (!holder().empty() && holder() != options_.identity) return "it is held by " + Printable(holder());
  if (holder().empty()) return "it was released by somebody else";
  std::string text = "it could not be renewed within " + FormatDuration(options_.renew_deadline);
  return text + ": " + (failure_ ? ToString(*failure_) : "no answer came, or this process stood still");
}

bool ElectorMachine::Observe(const kube::Lease& lease, TimePoint now) {
  lease_uid_ = lease.meta.uid;
  return observed_.Observe(lease, now);
}

bool ElectorMachine::IsOver(TimePoint now) const {
  return renewed_ && now >= *renewed_ + options_.renew_deadline;
}

void ElectorMachine::Want(kube::Lease lease) {
  wanted_ = std::move(lease);
  state_ = State::kWrite;
}

void ElectorMachine::Rest(TimePoint due) {
  due_ = releasing_ ? TimePoint::min() : due;
  state_ = State::kRest;
}

void ElectorMachine::RestUntilLook(const Moment& moment) {
  Rest(moment.now + PauseBeforeLook(options_.retry_period, moment.random));
}

void ElectorMachine::Fail(const Error& error, const Moment& moment) {
  failure_ = error;
  if (releasing_) {
    End(Type::kReleased);
  } else if (renewed_) {
    Rest(begun_ + options_.retry_period);
  } else {
    Rest(moment.now + PauseAfter(error, options_.retry_period, moment.random));
  }
}

}  // namespace k8sm::leader
