#include "controller/reconcile/change_report.h"

#include "lib/base/count.h"
#include "lib/base/host_port.h"
#include "lib/endpoints/container_port_annotations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace k8sm::controller {
namespace {

using kube::EndpointAddress;
using kube::EndpointPort;
using kube::Endpoints;
using kube::EndpointSlice;
using kube::EndpointSubset;

// A pod (or an IP that has none) and the service port that it serves.
struct Backend {
  std::string who;  // "pod shop/web-1", or "address 10.0.0.1"
  std::string port_name;
  friend auto operator<=>(const Backend&, const Backend&) = default;
};

struct Place {
  std::string where;  // "10.0.0.12:31020/TCP", or "10.0.0.12"
  bool ready = false;
  friend auto operator<=>(const Place&, const Place&) = default;
};

using Places = std::map<Backend, std::set<Place>>;

constexpr std::string_view kPod = "pod ";

std::string WhoIs(const EndpointAddress& address) {
  if (!address.target_ref) return "address " + address.ip;
  return std::string(kPod) + address.target_ref->ns + "/" + address.target_ref->name;
}

std::string WhereIs(const EndpointAddress& address, const EndpointPort* port) {
  const std::string ip(address.ip.get());
  if (port == nullptr) return ip;
  return HostPort(ip, port->port) + "/" + std::string(ToString(port->protocol));
}

void Collect(const EndpointSubset& subset, const EndpointAddress& address, bool ready, Places& places) {
  if (subset.ports.empty()) places[{WhoIs(address), ""}].insert({WhereIs(address, nullptr), ready});
  for (const EndpointPort& port : subset.ports) {
    places[{WhoIs(address), std::string(port.name.get())}].insert({WhereIs(address, &port), ready});
  }
}

Places PlacesOf(const Endpoints* endpoints) {
  Places places;
  if (endpoints == nullptr) return places;
  for (const EndpointSubset& subset : endpoints->subsets) {
    for (const EndpointAddress& address : subset.addresses) Collect(subset, address, true, places);
    for (const EndpointAddress& address : subset.not_ready_addresses) Collect(subset, address, false, places);
  }
  return places;
}

std::string_view Readiness(const Place& place) {
  return place.ready ? "" : " (not ready)";
}

AddressChange ChangeOf(const Backend& backend, const Place* before, const Place* after) {
  using Type = AddressChange::Type;
  AddressChange change{.port = backend.port_name, .ready = (after != nullptr ? after : before)->ready};
  if (backend.who.starts_with(kPod)) change.pod = backend.who.substr(kPod.size());
  if (before != nullptr) change.from = before->where;
  if (after != nullptr) change.to = after->where;
  change.type = before == nullptr          ? Type::kAdded
                : after == nullptr         ? Type::kRemoved
                : change.from == change.to ? Type::kReadiness
                                           : Type::kMoved;
  return change;
}

// Appends the lines for one backend whose addresses have changed.
void Compare(const Backend& backend, const std::set<Place>& before, const std::set<Place>& after,
             ChangeReport& report) {
  const std::string who =
      backend.who + (backend.port_name.empty() ? "" : " port " + backend.port_name) + ": ";
  const auto line = [&](char sign, const std::string& what) {
    report.text.append("  ").append(1, sign).append(" ").append(who).append(what).append("\n");
  };
  if (before.size() == 1 && after.size() == 1) {
    const Place& old_place = *before.begin();
    const Place& new_place = *after.begin();
    report.addresses.push_back(ChangeOf(backend, &old_place, &new_place));
    if (old_place.where == new_place.where) {
      ++report.counts.toggled;
      line('~', new_place.where + (new_place.ready ? " is ready" : " is no longer ready"));
    } else {
      ++report.counts.moved;
      line('~', old_place.where + " -> " + new_place.where + std::string(Readiness(new_place)));
    }
    return;
  }
  for (const Place& place : before) {
    if (after.contains(place)) continue;
    ++report.counts.removed;
    report.addresses.push_back(ChangeOf(backend, &place, nullptr));
    line('-', place.where + std::string(Readiness(place)));
  }
  for (const Place& place : after) {
    if (before.contains(place)) continue;
    ++report.counts.added;
    report.addresses.push_back(ChangeOf(backend, nullptr, &place));
    line('+', place.where + std::string(Readiness(place)));
  }
}

// The number of addresses listed per slice.
constexpr std::size_t kNamed = 3;

// Returns e.g. "IPv4 31020/TCP: 2 endpoints at 10.0.0.11, 10.0.0.12".
std::string Describe(const EndpointSlice& slice) {
  std::string text(slice.family ? kube::ToString(*slice.family) : "FQDN");
  std::string_view separator = " ";
  for (const kube::EndpointPort& port : slice.ports) {
    text.append(separator) += std::to_string(port.port) + "/" + std::string(kube::ToString(port.protocol));
    separator = ", ";
  }
  text += ": " + Count(slice.endpoints.size(), "endpoint");
  separator = " at ";
  const std::size_t named = std::min(slice.endpoints.size(), kNamed);
  for (std::size_t i = 0; i < named; ++i) {
    text.append(separator) += slice.endpoints[i].address.get();
    separator = ", ";
  }
  if (slice.endpoints.size() > named) text += " and others";
  return text;
}

}  // namespace

ChangeReport DescribeChange(const Endpoints* before, const Endpoints* after) {
  const char* verb = before == nullptr ? "create " : after == nullptr ? "delete " : "update ";
  ChangeReport report;
  report.text = verb + ToString((after != nullptr ? after : before)->meta.Key()) + "\n";

  const Places old_places = PlacesOf(before);
  const Places new_places = PlacesOf(after);
  static const std::set<Place> kNone;
  for (const auto& [backend, places] : old_places) {
    const auto now = new_places.find(backend);
    if (now == new_places.end()) {
      Compare(backend, places, kNone, report);
    } else if (now->second != places) {
      Compare(backend, places, now->second, report);
    }
  }
  for (const auto& [backend, places] : new_places) {
    if (!old_places.contains(backend)) Compare(backend, kNone, places, report);
  }
  if (before != nullptr && after != nullptr) {
    if (before->meta.labels != after->meta.labels) report.text += "  ~ labels\n";
    if (!endpoints::SameContainerPorts(before->meta.annotations, after->meta.annotations))
      report.text += "  ~ annotations of container ports\n";
    if (before->exact != after->exact) report.text += "  ~ targetRefs\n";
  }
  return report;
}

ChangeReport DescribeChange(const EndpointSlice* before, const EndpointSlice* after) {
  if (after == nullptr) return {.text = "delete slice " + ToString(before->meta.Key()) + "\n"};
  const bool is_new = after->meta.name.empty();
  std::string text = is_new ? "create slice " + after->meta.ns + "/" + after->generate_name + "* "
                            : "update slice " + ToString(after->meta.Key()) + " ";
  text += Describe(*after);
  if (before != nullptr && before->endpoints.size() != after->endpoints.size())
    text += ", was " + Count(before->endpoints.size(), "endpoint");
  return {.text = text + "\n"};
}

}  // namespace k8sm::controller
