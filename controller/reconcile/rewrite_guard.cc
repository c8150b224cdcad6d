#include "controller/reconcile/rewrite_guard.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kWindow{1};

}  // namespace

RewriteGuard::Verdict RewriteGuard::OnWrite(const kube::ObjectKey& service, std::size_t stored,
                                            TimePoint now) {
  const auto entry = states_.find(service);
  if (entry == states_.end()) return {};
  State& state = entry->second;
  const bool was_slow = state.slow;
  Verdict verdict{.missing = stored == 0};
  if (state.left && *state.left != stored) {
    verdict.tell_rewrite = NoteRewrite(state, stored == 0, now);
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

bool RewriteGuard::NoteRewrite(State& state, bool missing, TimePoint now) {
  const bool repeated = !state.recent.empty() && now - state.recent.back() <= kWindow;
  if (!missing || repeated) ++rewrites_;
  const bool tell = !state.told || now - *state.told >= kQuietTime;
  if (tell) state.told = now;
  state.recent.push_back(now);
  if (state.recent.size() > kMaxRewrites) state.recent.pop_front();
  if (state.recent.size() == kMaxRewrites && now - state.recent.front() <= kWindow) state.slow = true;
  return tell;
}

void RewriteGuard::OnWritten(const kube::ObjectKey& service, std::size_t stored, TimePoint now) {
  State& state = states_[service];
  state.left = stored;
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
