#include "controller/report/skip_log.h"

#include "controller/report/counts_by_reason.h"
#include "lib/base/count.h"
#include "lib/endpoints/container_port_annotations.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::Skip;
using endpoints::SkipOutlook;
using endpoints::SkipReason;
using kube::ObjectKey;
using Level = LogLine::Level;

// Returns "pod NS/POD for service NS/SVC port PORT (and 2 more)". A headless service without ports has no
// port to name.
std::string Describe(const Skip& skip, std::size_t more, const ObjectKey& service) {
  std::string text = "pod " + ToString(skip.pod) + " for service " + ToString(service);
  if (!skip.service_port.empty()) text += " port " + skip.service_port;
  if (more > 0) text += " (and " + std::to_string(more) + " more)";
  return text;
}

std::string DescribeSkip(const Skip& skip, std::size_t more, const ObjectKey& service) {
  return "skipped " + Describe(skip, more, service) + ": " + std::string(ToString(skip.reason)) + ": " +
         skip.sentence;
}

LogLine TooLargeLine(const ObjectKey& service, bool too_large) {
  const std::string what = "endpoints " + ToString(service);
  const std::string limit = std::to_string(endpoints::kMaxContainerPortBytes >> 10) + " KiB";
  if (!too_large) return {Level::kInfo, what + " have annotations of container ports again"};
  return {Level::kWarning,
          what + " go without annotations of container ports: all together would exceed " + limit};
}

}  // namespace

std::size_t SkipLog::PlaceHash::operator()(const Place& place) const {
  return HashOf(place.pod_uid) ^ std::hash<std::string>()(place.service_port);
}

SkipNews SkipLog::Update(const ObjectKey& service, PublishedState published, TimePoint now) {
  const auto found = services_.find(service);
  const bool too_large = published.container_ports_too_large;
  if (found == services_.end() && published.skips.empty() && !too_large) return {};
  ServiceState& state = found != services_.end() ? found->second : services_[service];

  ByPlace known;
  for (const CurrentSkip& each : state.skips)
    known.emplace(Place{each.skip.pod_uid, each.skip.service_port}, &each);
  std::vector<CurrentSkip> current;
  std::vector<bool> repeated;
  for (Skip& skip : published.skips) {
    const auto before = known.find({skip.pod_uid, skip.service_port});
    const CurrentSkip* same_place = before == known.end() ? nullptr : before->second;
    repeated.push_back(same_place != nullptr && same_place->skip.reason == skip.reason &&
                       same_place->skip.outlook == skip.outlook);
    current.push_back(Meet(std::move(skip), same_place, now));
    if (before != known.end()) known.erase(before);
  }

  SkipNews news;
  // First what is over: of a pod that was recreated the last line is that of the new one.
  if (!known.empty()) {
    std::vector<CurrentSkip> over;
    for (const CurrentSkip& each : state.skips) {
      if (known.contains({each.skip.pod_uid, each.skip.service_port})) over.push_back(each);
    }
    TellEnded(service, over, published, now, news);
  }
  TellBegun(service, current, repeated, now, news);
  Count(state.skips, -1);
  Count(current, 1);
  state.skips = std::move(current);
  const bool starts = std::ranges::any_of(state.skips, [](const CurrentSkip& each) {
    return each.skip.outlook == SkipOutlook::kStarting && !each.warned;
  });
  if (starts) starting_.insert(service);
  if (!starts) starting_.erase(service);

  if (too_large != state.told_too_large) news.lines.push_back(TooLargeLine(service, too_large));
  state.told_too_large = too_large;
  if (state.skips.empty() && !too_large) services_.erase(service);
  return news;
}

CurrentSkip SkipLog::Meet(Skip skip, const CurrentSkip* known, TimePoint now) {
  const bool same_reason = known != nullptr && known->skip.reason == skip.reason;
  const bool same = same_reason && known->skip.outlook == skip.outlook;
  if (!same_reason) ++begun_[Index(skip.reason)];
  return {
      .skip = std::move(skip), .warned = same_reason && known->warned, .since = same ? known->since : now};
}

bool SkipLog::IsTrouble(const CurrentSkip& known, TimePoint now) {
  return known.skip.outlook == SkipOutlook::kStays ||
         (known.skip.outlook == SkipOutlook::kStarting && now - known.since >= kStartTime);
}

// Skips are ordered by pod, so the groups of this pod are the last ones.
void SkipLog::AddTo(Groups& groups, const Skip& skip) {
  for (auto group = groups.rbegin(); group != groups.rend() && group->first->pod_uid == skip.pod_uid;
       ++group) {
    if (group->first->reason != skip.reason || group->first->outlook != skip.outlook) continue;
    ++group->more;
    return;
  }
  groups.push_back({&skip});
}

void SkipLog::TellBegun(const ObjectKey& service, std::vector<CurrentSkip>& skips,
                        const std::vector<bool>& repeated, TimePoint now, SkipNews& news) {
  Groups warnings;
  Groups changes;
  Groups repetitions;
  for (std::size_t i = 0; i < skips.size(); ++i) {
    CurrentSkip& known = skips[i];
    if (!known.warned && IsTrouble(known, now)) {
      known.warned = true;
      AddTo(warnings, known.skip);
      news.warned.emplace_back(service, known.skip);
    } else {
      AddTo(repeated[i] ? repetitions : changes, known.skip);
    }
  }
  Warn(service, warnings, now, news);
  for (const Group& each : changes)
    news.lines.push_back({Level::kChange, DescribeSkip(*each.first, each.more, service)});
  for (const Group& each : repetitions)
    news.lines.push_back({Level::kRepetition, DescribeSkip(*each.first, each.more, service)});
}

void SkipLog::Warn(const ObjectKey& service, const Groups& groups, TimePoint now, SkipNews& news) {
  for (const Group& group : groups) {
    if (const auto more = warnings_.Take(now)) {
      TellHeldBack(*more, news);
      news.lines.push_back({Level::kWarning, DescribeSkip(*group.first, group.more, service)});
    } else {
      held_back_[Index(group.first->reason)] += group.more + 1;
    }
  }
}

// `more` says how many lines were held back and over what time; empty if none were.
void SkipLog::TellHeldBack(const std::string& more, SkipNews& news) {
  if (more.empty()) return;
  news.lines.push_back(
      {Level::kWarning, "more pods were skipped: " + CountsByReason<SkipReason>(held_back_) +
                            "; /debug/skipped lists all, as does -once -dry_run -output=json" + more});
  held_back_ = {};
}

// As TellHeldBack().
void SkipLog::TellEndsHeldBack(const std::string& more, SkipNews& news) {
  if (more.empty()) return;
  news.lines.push_back({Level::kInfo, "more pods were restored, or are no longer skipped" + more});
}

void SkipLog::TellEnded(const ObjectKey& service, const std::vector<CurrentSkip>& before,
                        const PublishedState& state, TimePoint now, SkipNews& news) {
  Groups restored;
  Groups gone;
  for (const CurrentSkip& known : before) {
    const bool is_published = state.is_published(known.skip.pod_uid, known.skip.service_port);
    if (known.warned) {
      AddTo(is_published ? restored : gone, known.skip);
    } else if (is_published) {
      news.lines.push_back({Level::kChange, "restored " + Describe(known.skip, 0, service)});
    }
  }
  const auto tell = [&](const Groups& groups, const std::string& before_pod, const std::string& after_pod) {
    for (const Group& each : groups) {
      const auto more = ends_.Take(now);
      if (!more) continue;
      TellEndsHeldBack(*more, news);
      news.lines.push_back(
          {Level::kInfo, before_pod + Describe(*each.first, each.more, service) + after_pod});
    }
  };
  tell(restored, "restored ", "");
  tell(gone, "no longer skipped: ", ": it is gone, finished, or no longer part of the service");
}

SkipNews SkipLog::Tick(TimePoint now) {
  SkipNews news;
  for (auto service = starting_.begin(); service != starting_.end();) {
    ServiceState& state = services_[*service];
    Groups overdue;
    bool starts = false;
    for (CurrentSkip& known : state.skips) {
      if (known.warned || known.skip.outlook != SkipOutlook::kStarting) continue;
      if (!IsTrouble(known, now)) {
        starts = true;
        continue;
      }
      known.warned = true;
      AddTo(overdue, known.skip);
      news.warned.emplace_back(*service, known.skip);
    }
    Warn(*service, overdue, now, news);
    service = starts ? std::next(service) : starting_.erase(service);
  }
  if (const auto more = warnings_.Summary(now)) TellHeldBack(*more, news);
  if (const auto more = ends_.Summary(now)) TellEndsHeldBack(*more, news);
  return news;
}

void SkipLog::Forget(const ObjectKey& service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  Count(found->second.skips, -1);
  starting_.erase(service);
  services_.erase(found);
}

void SkipLog::Count(const std::vector<CurrentSkip>& skips, int by) {
  for (const CurrentSkip& each : skips) current_[Index(each.skip.reason)] += static_cast<std::size_t>(by);
}

bool SkipLog::any() const {
  return std::ranges::any_of(current_, [](std::size_t count) { return count > 0; });
}

std::span<const CurrentSkip> SkipLog::SkipsOf(const ObjectKey& service) const {
  const auto state = services_.find(service);
  return state == services_.end() ? std::span<const CurrentSkip>() : state->second.skips;
}

std::string SkipLog::Summary() const {
  std::unordered_set<kube::Uid, kube::UidHash> pods;
  for (const auto& [service, state] : services_) {
    for (const CurrentSkip& each : state.skips) pods.insert(each.skip.pod_uid);
  }
  if (pods.empty()) return "no pods skipped";
  const std::size_t all = std::accumulate(current_.begin(), current_.end(), std::size_t{0});
  return k8sm::Count(pods.size(), "pod") + " skipped" +
         (all > pods.size() ? " at " + std::to_string(all) + " ports" : "") + ": " +
         CountsByReason<SkipReason>(current_);
}

}  // namespace k8sm::controller
