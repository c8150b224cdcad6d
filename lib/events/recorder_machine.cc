#include "lib/events/recorder_machine.h"

#include <utility>

namespace k8sm::events {
namespace {

using std::chrono::milliseconds;

// Whether the API server was not reached, or the response does not say what happened to the event.
bool IsWorthAnotherTry(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kMalformed ||
         error.retry_after.has_value();
}

// Whether it is too late for the event: its namespace is gone or being deleted, or this process must not
// write any more.
bool IsMoot(const Error& error) {
  return error.code == Errc::kNotFound || error.code == Errc::kCanceled || error.code == Errc::kNotLeading ||
         (error.code == Errc::kForbidden && error.cause == "NamespaceTerminating");
}

}  // namespace

bool RecorderMachine::Add(kube::Event event) {
  if (finishing_ || queue_.size() >= kMaxQueued) {
    ++stats_.dropped;
    return false;
  }
  queue_.push_back(std::move(event));
  return true;
}

RecorderAction RecorderMachine::Next(const Moment& now) {
  if (!finishing_ && now.steady < resume_) return {RecorderAction::Type::kWait, resume_};
  if (!current_) TakeNext(now);
  if (current_) return {patches_ ? RecorderAction::Type::kPatch : RecorderAction::Type::kPost};
  return {finishing_ ? RecorderAction::Type::kEnd : RecorderAction::Type::kWait};
}

void RecorderMachine::TakeNext(const Moment& now) {
  while (!current_ && !queue_.empty()) {
    current_ = correlator_.Correlate(std::move(queue_.front()), now);
    queue_.pop_front();
    if (!current_) ++stats_.filtered;
  }
  patches_ = current_ && current_->count > 1;
  tries_ = 0;
}

RecorderMachine::Outcome RecorderMachine::OnAnswer(const Result<void>& answer, const Moment& now,
                                                   double random) {
  if (answer || answer.error().code == Errc::kAlreadyExists) return Settle(Outcome::kWritten, stats_.written);
  const Error& error = answer.error();
  // The API server deletes events after a while, by default an hour.
  if (patches_ && error.code == Errc::kNotFound) {
    patches_ = false;
    return Outcome::kTryAgain;
  }
  if (IsMoot(error)) return Settle(Outcome::kMoot, stats_.moot);
  if (IsWorthAnotherTry(error)) return TryAgain(error, now, random);
  return Settle(Outcome::kRefused, stats_.refused);
}

RecorderMachine::Outcome RecorderMachine::TryAgain(const Error& error, const Moment& now, double random) {
  if (finishing_) {
    stats_.given_up += std::exchange(queue_, {}).size();
    return Settle(Outcome::kGivenUp, stats_.given_up);
  }
  milliseconds pause = kPause;
  if (++tries_ == 1) pause = std::chrono::duration_cast<milliseconds>(kPause * random);
  if (error.retry_after) pause = *error.retry_after;
  resume_ = now.steady + pause;
  if (tries_ >= kTries) return Settle(Outcome::kGivenUp, stats_.given_up);
  ++stats_.retried;
  return Outcome::kTryAgain;
}

RecorderMachine::Outcome RecorderMachine::Settle(Outcome outcome, std::uint64_t& counter) {
  ++counter;
  current_.reset();
  return outcome;
}

void RecorderMachine::Finish() {
  finishing_ = true;
}

}  // namespace k8sm::events
