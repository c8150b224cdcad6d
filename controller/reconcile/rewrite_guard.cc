#include "controller/reconcile/rewrite_guard.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kWindow{1};

// Returns what is lacking of the objects that were left; kNone if others are stored.
Lack LackOf(const Fingerprints& left, const Fingerprints& stored) {
  if (!std::ranges::includes(left, stored)) return Lack::kNone;
  return stored.empty() ? Lack::kAll : Lack::kSome;
}

}  // namespace

RewriteGuard::Verdict RewriteGuard::OnWrite(const kube::ObjectKey& service, const Fingerprints& stored,
                                            TimePoint now) {
  const auto entry = states_.find(service);
  if (entry == states_.end()) return {};
  State& state = entry->second;
  const bool was_slow = state.slow;
  Verdict verdict;
  if (state.left && *state.left != stored) {
    verdict.lack = LackOf(*state.left, stored);
    verdict.tell_rewrite = NoteRewrite(state, verdict.lack, now);
    state.left = stored;
  }
  const bool is_over = state.recent.empty() || now - state.recent.back() > kWindow;
  if (is_over) state.slow = false;
  if (!state.slow) return verdict;
  const auto wait = std::chrono::ceil<milliseconds>(state.last_write + kWriteInterval - now);
  verdict.wait = std::max(wait, milliseconds(0));
  verdict.slowed_down = !was_slow;
  return verdict;
}

bool RewriteGuard::NoteRewrite(State& state, Lack lack, TimePoint now) {
  const bool repeated = !state.recent.empty() && now - state.recent.back() <= kWindow;
  const bool at_once = repeated && now - state.recent.back() <= kDeletionTime;
  if (lack == Lack::kSome && at_once && state.deletions > 0) {
    --state.deletions;
    return false;
  }
  state.deletions = lack == Lack::kSome && !at_once ? state.left->size() - 1 : 0;
  if (lack == Lack::kNone || repeated) ++rewrites_;
  const bool tell = !state.told || now - *state.told >= kQuietTime;
  if (tell) state.told = now;
  state.recent.push_back(now);
  if (state.recent.size() > kMaxRewrites) state.recent.erase(state.recent.begin());
  if (state.recent.size() == kMaxRewrites && now - state.recent.front() <= kWindow) state.slow = true;
  return tell;
}

void RewriteGuard::OnWritten(const kube::ObjectKey& service, Fingerprints stored, TimePoint now) {
  State& state = states_[service];
  state.left = std::move(stored);
  state.last_write = now;
}

void RewriteGuard::OnWentBack() {
  for (auto& [service, state] : states_) state.left.reset();
}

void RewriteGuard::OnFailed(const kube::ObjectKey& service) {
  const auto entry = states_.find(service);
  if (entry != states_.end()) entry->second.left.reset();
}

}  // namespace k8sm::controller
