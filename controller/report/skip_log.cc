#include "controller/report/skip_log.h"

#include "lib/endpoints/container_port_annotations.h"

#include <algorithm>
#include <set>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using endpoints::Skip;
using endpoints::SkipOutlook;
using endpoints::SkipReason;
using kube::ObjectKey;
using Level = SkipLogLine::Level;

// "pod NS/POD for service NS/SVC port PORT"; a headless service without ports has no port to name.
std::string Describe(const ObjectKey& pod, const ObjectKey& service, const std::string& port) {
  std::string text = "pod " + ToString(pod) + " for service " + ToString(service);
  if (!port.empty()) text += " port " + port;
  return text;
}

std::string Describe(const Skip& skip, const ObjectKey& service) {
  return "skipped " + Describe(skip.pod, service, skip.service_port) + ": " +
         std::string(ToString(skip.reason)) + ": " + skip.sentence;
}

void Warn(const Skip& skip, const ObjectKey& service, SkipNews& news) {
  news.lines.push_back({Level::kWarning, Describe(skip, service)});
  news.told.emplace_back(service, skip);
}

bool HasAddresses(const EndpointsPlan& plan) {
  return std::any_of(plan.subsets.begin(), plan.subsets.end(), [](const kube::EndpointSubset& subset) {
    return !subset.addresses.empty() || !subset.not_ready_addresses.empty();
  });
}

bool ListsPod(const std::vector<kube::EndpointAddress>& addresses, const std::string& uid) {
  return std::any_of(addresses.begin(), addresses.end(), [&](const kube::EndpointAddress& address) {
    return address.target_ref && address.target_ref->uid.get() == uid;
  });
}

// Whether the subset is of that service port. Only a service's single port may be without a name, and is told
// by its number.
bool HasPort(const kube::EndpointSubset& subset, const std::string& port) {
  return subset.ports.empty() || std::any_of(subset.ports.begin(), subset.ports.end(), [&](const auto& each) {
           return each.name.get().empty() || each.name.get() == port;
         });
}

// Whether the plan lists the pod with uid `place.first` for the service port `place.second`.
bool Lists(const EndpointsPlan& plan, const std::pair<std::string, std::string>& place) {
  return std::any_of(plan.subsets.begin(), plan.subsets.end(), [&](const kube::EndpointSubset& subset) {
    return HasPort(subset, place.second) &&
           (ListsPod(subset.addresses, place.first) || ListsPod(subset.not_ready_addresses, place.first));
  });
}

void TellTooLarge(const ObjectKey& service, bool too_large, SkipNews& news) {
  const std::string what = "endpoints " + ToString(service);
  const std::string limit = std::to_string(endpoints::kMaxContainerPortBytes >> 10) + " KiB";
  if (too_large) {
    news.lines.push_back(
        {Level::kWarning,
         what + " go without annotations of container ports: all together " + "would exceed " + limit});
  } else {
    news.lines.push_back({Level::kInfo, what + " have annotations of container ports again"});
  }
}

}  // namespace

SkipNews SkipLog::Update(const ObjectKey& service, const EndpointsPlan& plan, TimePoint now) {
  const auto found = services_.find(service);
  const bool too_large = plan.container_ports_too_large;
  if (found == services_.end() && plan.skips.empty() && !too_large) return {};
  ServiceState& state = found != services_.end() ? found->second : services_[service];

  SkipNews news;
  CountOut(state);
  std::map<Place, Known> current;
  for (const Skip& skip : plan.skips) {
    const Place place{skip.pod_uid.get(), skip.service_port};
    const auto known = state.skips.find(place);
    const Known* before = known == state.skips.end() ? nullptr : &known->second;
    const bool counts = current.emplace(place, Meet(skip, before, service, now, news)).second;
    if (counts) ++current_[Index(skip.reason)];
  }
  for (const auto& [place, known] : state.skips) {
    if (current.contains(place) || !Lists(plan, place)) continue;
    news.lines.push_back({known.told ? Level::kInfo : Level::kChange,
                          "restored " + Describe(known.pod, service, place.second)});
  }
  state.skips = std::move(current);
  const bool starts = std::ranges::any_of(state.skips, [](const auto& each) {
    return each.second.outlook == SkipOutlook::kStarting && !each.second.told;
  });
  if (starts) starting_.insert(service);
  if (!starts) starting_.erase(service);

  state.has_addresses = HasAddresses(plan);
  TellEmpty(state, service, news);
  if (too_large != state.told_too_large) TellTooLarge(service, too_large, news);
  state.told_too_large = too_large;
  if (state.skips.empty() && !too_large) services_.erase(service);
  return news;
}

SkipLog::Known SkipLog::Meet(const Skip& skip, const Known* known, const ObjectKey& service, TimePoint now,
                             SkipNews& news) {
  if (known == nullptr || known->reason != skip.reason) ++begun_[Index(skip.reason)];
  const bool same = known != nullptr && known->reason == skip.reason && known->outlook == skip.outlook;
  Known met{.pod = skip.pod,
            .reason = skip.reason,
            .outlook = skip.outlook,
            .told = known != nullptr && known->reason == skip.reason && known->told,
            .since = same ? known->since : now};
  const bool is_trouble = skip.outlook == SkipOutlook::kStays ||
                          (skip.outlook == SkipOutlook::kStarting && now - met.since >= kStartTime);
  if (is_trouble && !met.told) {
    Warn(skip, service, news);
    met.told = true;
  } else {
    news.lines.push_back({same ? Level::kRepetition : Level::kChange, Describe(skip, service)});
    if (!met.told) met.sentence = skip.sentence;
  }
  return met;
}

// Pods that only start leave a service empty as a matter of course.
void SkipLog::TellEmpty(ServiceState& state, const ObjectKey& service, SkipNews& news) {
  const bool empty = !state.has_addresses &&
                     std::ranges::any_of(state.skips, [](const auto& each) { return each.second.told; });
  if (empty && !state.told_empty) {
    news.lines.push_back(
        {Level::kWarning, "service " + ToString(service) +
                              " has no endpoints: no pod that it selects can be published, see above"});
  } else if (state.has_addresses && state.told_empty) {
    news.lines.push_back({Level::kInfo, "service " + ToString(service) + " has endpoints again"});
  }
  state.told_empty = empty;
}

SkipNews SkipLog::Overdue(TimePoint now) {
  SkipNews news;
  for (auto service = starting_.begin(); service != starting_.end();) {
    ServiceState& state = services_[*service];
    bool starts = false;
    for (auto& [place, known] : state.skips) {
      if (known.told || known.outlook != SkipOutlook::kStarting) continue;
      if (now - known.since < kStartTime) {
        starts = true;
        continue;
      }
      Warn({known.pod, kube::Symbol(place.first), place.second, known.reason,
            std::exchange(known.sentence, {})},
           *service, news);
      known.told = true;
    }
    TellEmpty(state, *service, news);
    service = starts ? std::next(service) : starting_.erase(service);
  }
  return news;
}

void SkipLog::Forget(const ObjectKey& service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  CountOut(found->second);
  starting_.erase(service);
  services_.erase(found);
}

void SkipLog::CountOut(const ServiceState& state) {
  for (const auto& [place, known] : state.skips) --current_[Index(known.reason)];
}

std::optional<SkipLog::TimePoint> SkipLog::Since(const ObjectKey& service, const Skip& skip) const {
  const auto state = services_.find(service);
  if (state == services_.end()) return std::nullopt;
  const auto known = state->second.skips.find({skip.pod_uid.get(), skip.service_port});
  if (known == state->second.skips.end() || known->second.reason != skip.reason) return std::nullopt;
  return known->second.since;
}

std::string SkipLog::Summary() const {
  std::set<std::string> pods;  // uids
  for (const auto& [service, state] : services_) {
    for (const auto& [place, known] : state.skips) pods.insert(place.first);
  }
  if (pods.empty()) return "no pods skipped";
  std::string text = std::to_string(pods.size()) + (pods.size() == 1 ? " pod skipped" : " pods skipped");
  const char* separator = ": ";
  for (std::size_t i = 0; i < current_.size(); ++i) {
    if (current_[i] == 0) continue;
    text += std::exchange(separator, ", ") + std::to_string(current_[i]) + " " +
            std::string(ToString(SkipReason(i)));
  }
  return text;
}

}  // namespace k8sm::controller
