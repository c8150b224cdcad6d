#include "lib/client/auth/exec_machine.h"

#include <utility>

namespace k8sm::client {
namespace {

constexpr BackoffOptions kBackoff{.initial = std::chrono::seconds(1), .max = std::chrono::minutes(1)};
constexpr std::chrono::seconds kUsedAtLeast{5};

}  // namespace

ExecMachine::ExecMachine() : failures_(kBackoff), refusals_(kBackoff) {}

ExecMachine::Action ExecMachine::Next(Now now) const {
  const bool unexpired = credential_ && !Expired(now);
  if (unexpired && !refused_) return Action::kUse;
  if (running_) return Action::kWait;
  if (now.steady >= run_again_) return Action::kRun;
  if (failure_) return Action::kFail;
  return unexpired ? Action::kUse : Action::kRun;
}

void ExecMachine::OnCredential(kube_json::ExecCredential credential, Now now) {
  running_ = false;
  credential_ = std::move(credential);
  obtained_ = now.steady;
  ++version_;
  refused_ = false;
  failure_.reset();
  failures_.Reset();
  run_again_ = std::chrono::steady_clock::time_point::min();
}

void ExecMachine::OnFailure(Error failure, Now now) {
  running_ = false;
  failure_ = std::move(failure);
  run_again_ = now.steady + failures_.Next();
}

void ExecMachine::OnAccepted(std::uint64_t version) {
  if (version != version_) return;
  refused_before_ = false;
  refusals_.Reset();
}

void ExecMachine::OnRefused(std::uint64_t version, Now now) {
  if (version != version_ || refused_) return;
  refused_ = true;
  if (refused_before_) run_again_ = now.steady + refusals_.Next();
  refused_before_ = true;
}

bool ExecMachine::Expired(Now now) const {
  // Compared in seconds, because a plugin may return a year that does not fit into nanoseconds.
  const auto wall = std::chrono::floor<std::chrono::seconds>(now.wall);
  return credential_->expiration && wall >= *credential_->expiration &&
         now.steady >= obtained_ + kUsedAtLeast;
}

}  // namespace k8sm::client
