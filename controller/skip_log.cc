#include "controller/skip_log.h"

#include "lib/endpoints/container_port_annotations.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using endpoints::Skip;
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

}  // namespace

std::vector<SkipLogLine> SkipLog::Update(const ObjectKey& service, const EndpointsPlan& plan, TimePoint now) {
  const auto found = services_.find(service);
  const bool too_large = plan.container_ports_too_large;
  if (found == services_.end() && plan.skips.empty() && !too_large) return {};
  ServiceState& state = found != services_.end() ? found->second : services_[service];

  std::vector<SkipLogLine> lines;
  CountOut(state);
  std::map<Place, Known> current;
  for (const Skip& skip : plan.skips) {
    const Place place{skip.pod_uid.get(), skip.service_port};
    const auto known = state.skips.find(place);
    const bool told = known != state.skips.end() && known->second.reason == skip.reason;
    lines.push_back({told ? Level::kVerbose : Level::kWarning, Describe(skip, service)});
    const bool is_first =
        current.emplace(place, Known{skip.pod, skip.reason, told ? known->second.since : now}).second;
    if (!is_first) continue;
    ++current_[Index(skip.reason)];
    if (!told) ++begun_[Index(skip.reason)];
  }
  for (const auto& [place, known] : state.skips) {
    if (current.contains(place) || !Lists(plan, place)) continue;
    lines.push_back({Level::kInfo, "restored " + Describe(known.pod, service, place.second)});
  }
  state.skips = std::move(current);

  const bool empty = !plan.skips.empty() && !HasAddresses(plan);
  if (empty && !state.told_empty) {
    lines.push_back(
        {Level::kWarning, "service " + ToString(service) +
                              " has no endpoints: no pod that it selects can be published, see above"});
  } else if (!empty && state.told_empty && HasAddresses(plan)) {
    lines.push_back({Level::kInfo, "service " + ToString(service) + " has endpoints again"});
  }
  state.told_empty = empty;

  if (too_large && !state.told_too_large) {
    lines.push_back(
        {Level::kWarning, "endpoints " + ToString(service) +
                              " go without annotations of container ports: all together would exceed " +
                              std::to_string(endpoints::kMaxContainerPortBytes >> 10) + " KiB"});
  } else if (!too_large && state.told_too_large) {
    lines.push_back(
        {Level::kInfo, "endpoints " + ToString(service) + " have annotations of container ports again"});
  }
  state.told_too_large = too_large;
  if (state.skips.empty() && !too_large) services_.erase(service);
  return lines;
}

void SkipLog::Forget(const ObjectKey& service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  CountOut(found->second);
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

}  // namespace k8sm::controller
