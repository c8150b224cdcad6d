#include "controller/report/missing_nodes.h"

#include "lib/base/printable.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using Level = LogLine::Level;
using Published = std::set<std::pair<ObjectKey, ObjectKey>>;

constexpr std::size_t kShownBytes = 253;

std::string NameOf(const Symbol& node) {
  return "node " + Printable(node.get(), kShownBytes);
}

std::string Describe(const Symbol& node, const Published& published, std::size_t pods) {
  const auto& [pod, service] = *published.begin();
  std::string text =
      NameOf(node) + " does not exist, but pod " + ToString(pod) + " of service " + ToString(service);
  if (pods > 1) text += " (and " + std::to_string(pods - 1) + " more)";
  return text + " is bound to it and stays published: delete the pod, or register the node again";
}

std::string DescribeEnd(const Symbol& node, bool exists) {
  return exists ? NameOf(node) + " exists now" : "no pod on " + NameOf(node) + " is published any more";
}

// Whether another service publishes the pod, too.
bool IsShared(const Published& published, Published::const_iterator each) {
  const auto next = std::next(each);
  return (each != published.begin() && std::prev(each)->first == each->first) ||
         (next != published.end() && next->first == each->first);
}

// The order of Update().
bool Precedes(const StrandedPod& a, const StrandedPod& b) {
  return std::pair(a.pod, a.node) < std::pair(b.pod, b.node);
}

}  // namespace

void MissingNodes::Update(const ObjectKey& service, std::vector<StrandedPod> pods, TimePoint now) {
  const auto known = services_.find(service);
  if (known == services_.end() && pods.empty()) return;
  static const std::vector<StrandedPod> kNone;
  const std::vector<StrandedPod>& before = known == services_.end() ? kNone : known->second;
  std::vector<StrandedPod> changed;
  std::ranges::set_difference(before, pods, std::back_inserter(changed), Precedes);
  for (const StrandedPod& pod : changed) Remove(service, pod);
  changed.clear();
  std::ranges::set_difference(pods, before, std::back_inserter(changed), Precedes);
  for (const StrandedPod& pod : changed) Add(service, pod, now);
  if (pods.empty()) {
    services_.erase(known);
  } else {
    services_[service] = std::move(pods);
  }
}

void MissingNodes::Add(const ObjectKey& service, const StrandedPod& pod, TimePoint now) {
  const auto [entry, is_new] = nodes_.try_emplace(pod.node);
  Node& node = entry->second;
  if (is_new) node.since = now;
  const auto added = node.published.emplace(ObjectKey{service.ns, pod.pod}, service).first;
  if (!IsShared(node.published, added)) ++node.pods;
}

void MissingNodes::Remove(const ObjectKey& service, const StrandedPod& pod) {
  const auto entry = nodes_.find(pod.node);
  Node& node = entry->second;
  const auto removed = node.published.find({ObjectKey{service.ns, pod.pod}, service});
  if (!IsShared(node.published, removed)) --node.pods;
  node.published.erase(removed);
  if (node.published.empty() && !node.told) nodes_.erase(entry);
}

// Of thousands of nodes at once few lines are made: the budget is asked first.
std::vector<LogLine> MissingNodes::Tick(std::optional<TimePoint> followed,
                                        const std::function<bool(const Symbol& node)>& exists,
                                        TimePoint now) {
  std::vector<LogLine> lines;
  pods_ = 0;
  if (!followed) {
    Suspend(now);
    return lines;
  }
  for (auto each = nodes_.begin(); each != nodes_.end();) {
    auto& [name, node] = *each;
    if (node.published.empty()) {
      if (const auto more = budget_.Take(now))
        lines.push_back({Level::kInfo, DescribeEnd(name, exists(name)) + *more});
      each = nodes_.erase(each);
      continue;
    }
    if (!node.confirmed && *followed > node.since) node.confirmed = followed;
    if (node.confirmed && now - *node.confirmed >= settle_time_) {
      pods_ += node.pods;
      const auto more = std::exchange(node.told, true) ? std::nullopt : budget_.Take(now);
      if (more) lines.push_back({Level::kWarning, Describe(name, node.published, node.pods) + *more});
    }
    ++each;
  }
  if (const auto more = budget_.Summary(now))
    lines.push_back({Level::kWarning, "more nodes of pods do not exist, or exist again" + *more});
  return lines;
}

// What was logged stays, so that its end is logged when it is known.
void MissingNodes::Suspend(TimePoint now) {
  for (auto& [name, node] : nodes_) {
    if (node.told) continue;
    node.since = now;
    node.confirmed.reset();
  }
}

}  // namespace k8sm::controller
