#include "controller/report/empty_services.h"

#include "controller/report/counts_by_reason.h"
#include "lib/base/count.h"

#include <limits>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::PodCounts;
using kube::ObjectKey;
using Level = LogLine::Level;

// How many selectors a Tick() examines.
constexpr int kSuspectsATick = 20;

}  // namespace

EmptyServices::EmptyServices(std::function<NoPods(const ObjectKey& service)> no_pods)
    : no_pods_(std::move(no_pods)) {}

std::vector<LogLine> EmptyServices::Update(const ObjectKey& service, const PodCounts& counts,
                                           bool had_endpoints, TimePoint now) {
  std::vector<LogLine> lines;
  const auto found = services_.find(service);
  const bool is_known = found != services_.end();
  if (counts.ready > 0) {
    if (!is_known) return lines;
    const auto more = found->second.told ? budget_.Take(now) : std::nullopt;
    if (more)
      lines.push_back({Level::kInfo, "service " + ToString(service) + " has endpoints again" + *more});
    Remove(service);
    return lines;
  }
  State& state = is_known ? found->second : services_[service];
  if (is_known) --CountOf(state);
  state.counts = counts;
  if (counts.all() > 0) state.mistyped = false;
  ++CountOf(state);
  if (!is_known) state.since = now;
  state.lost = state.lost || had_endpoints;
  const auto told_at = told_at_.find(service);
  const bool quiet = told_at != told_at_.end() && now - told_at->second < kQuietTime;
  if (had_endpoints && !state.told && !quiet) Warn(service, state, now, lines);
  if (!is_known && counts.all() == 0 && !state.told && examined_at_once_ < kExaminedAtOnce) {
    ++examined_at_once_;
    SetMistyped(state, no_pods_(service).typo);
  }
  if (!state.told || counts.all() == 0) ExamineLater(service, state, now);
  return lines;
}

std::vector<LogLine> EmptyServices::OnSkips(const ObjectKey& service, TimePoint now) {
  std::vector<LogLine> lines;
  const auto found = services_.find(service);
  if (found == services_.end() || found->second.told) return lines;
  Warn(service, found->second, now, lines);
  return lines;
}

std::vector<LogLine> EmptyServices::Tick(TimePoint now) {
  std::vector<LogLine> lines;
  examined_at_once_ = 0;
  ExamineDue(lost_, std::numeric_limits<int>::max(), now, lines);
  ExamineDue(suspects_, kSuspectsATick, now, lines);
  std::erase_if(told_at_, [&](const auto& each) { return now - each.second >= kQuietTime; });
  if (const auto more = budget_.Summary(now))
    lines.push_back({Level::kWarning, "more services have no endpoints, or have some again" + *more +
                                          "; see /debug/services"});
  return lines;
}

void EmptyServices::ExamineDue(std::deque<Due>& queue, int limit, TimePoint now,
                               std::vector<LogLine>& lines) {
  for (int examined = 0; examined < limit && !queue.empty() && queue.front().at <= now;) {
    const Due due = std::move(queue.front());
    queue.pop_front();
    const auto found = services_.find(due.service);
    // Otherwise it has recovered in the meantime, and may be due later.
    if (found == services_.end() || found->second.due != due.at) continue;
    found->second.due.reset();
    ++examined;
    Examine(due.service, found->second, now, lines);
  }
}

void EmptyServices::Examine(const ObjectKey& service, State& state, TimePoint now,
                            std::vector<LogLine>& lines) {
  const bool lost = state.lost && !state.told;
  if (state.counts.all() > 0) {
    if (lost) Warn(service, state, now, lines);
    return;
  }
  const NoPods why = no_pods_(service);
  if (lost || (why.typo && !state.told_typo)) {
    Tell(Level::kWarning, service, state, why.sentence, now, lines);
  } else if (why.doubtful && !state.told) {
    Tell(Level::kInfo, service, state, why.sentence, now, lines);
  }
  state.told_typo = why.typo;
  SetMistyped(state, why.typo);
  ExamineLater(service, state, now);
}

void EmptyServices::ExamineLater(const ObjectKey& service, State& state, TimePoint now) {
  if (state.due) return;
  state.due = now + kSettleTime;
  (state.lost && !state.told ? lost_ : suspects_).push_back({service, *state.due});
}

void EmptyServices::Forget(const ObjectKey& service) {
  Remove(service);
  told_at_.erase(service);
}

void EmptyServices::Remove(const ObjectKey& service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  --CountOf(found->second);
  services_.erase(found);
}

bool EmptyServices::AnyDue(TimePoint now) const {
  const auto is_due = [&](const std::deque<Due>& queue) { return !queue.empty() && queue.front().at <= now; };
  return is_due(lost_) || is_due(suspects_);
}

std::optional<EmptyServices::Explanation> EmptyServices::Explain(const ObjectKey& service) const {
  const auto found = services_.find(service);
  if (found == services_.end()) return std::nullopt;
  const State& state = found->second;
  return Explanation{state.reason(),
                     state.counts.all() > 0 ? Describe(state.counts) : no_pods_(service).sentence};
}

std::optional<EmptyServices::TimePoint> EmptyServices::Since(const ObjectKey& service) const {
  const auto found = services_.find(service);
  if (found == services_.end()) return std::nullopt;
  return found->second.since;
}

void EmptyServices::Tell(Level level, const ObjectKey& service, State& state, const std::string& why,
                         TimePoint now, std::vector<LogLine>& lines) {
  state.told = true;
  told_at_[service] = now;
  if (const auto more = budget_.Take(now))
    lines.push_back({level, "service " + ToString(service) + " has no endpoints: " + why + *more});
}

std::string EmptyServices::Summary() const {
  if (services_.empty()) return "";
  return Count(services_.size(), "service") + (services_.size() == 1 ? " has" : " have") +
         " no endpoints: " + CountsByReason<endpoints::EmptyReason>(current_);
}

void EmptyServices::Warn(const ObjectKey& service, State& state, TimePoint now, std::vector<LogLine>& lines) {
  if (state.counts.all() > 0)
    return Tell(Level::kWarning, service, state, Describe(state.counts), now, lines);
  const NoPods why = no_pods_(service);
  Tell(Level::kWarning, service, state, why.sentence, now, lines);
  state.told_typo = why.typo;
  SetMistyped(state, why.typo);
}

void EmptyServices::SetMistyped(State& state, bool mistyped) {
  --CountOf(state);
  state.mistyped = mistyped;
  ++CountOf(state);
}

}  // namespace k8sm::controller
