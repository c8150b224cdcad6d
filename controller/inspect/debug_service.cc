#include "controller/inspect/debug_service.h"

#include "controller/inspect/text_table.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/endpoints/subsets.h"
#include "lib/kube/label_map.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;
using endpoints::PodStanding;
using endpoints::Standing;
using kube::EndpointSlice;
using kube::Service;

constexpr std::size_t kIndent = 2;

// "app=web,tier=front"
std::string Describe(const kube::LabelMap& selector) {
  std::string text;
  for (const kube::Label& label : selector) {
    text.append(text.empty() ? "" : ",").append(label.key.get()).append("=").append(label.value.get());
  }
  return text;
}

// "http 80/TCP -> 8080"
std::string Describe(const kube::ServicePort& port) {
  const auto* number = std::get_if<std::int32_t>(&port.target_port);
  const std::string target =
      number != nullptr ? std::to_string(*number) : std::get<kube::Symbol>(port.target_port).get();
  return port.name.get() + (port.name.get().empty() ? "" : " ") + std::to_string(port.port) + "/" +
         std::string(ToString(port.protocol)) + " -> " + target;
}

// "http 31080/TCP"
std::string Describe(const kube::EndpointPort& port) {
  return port.name.get() + (port.name.get().empty() ? "" : " ") + std::to_string(port.port) + "/" +
         std::string(ToString(port.protocol));
}

std::string Describe(const std::vector<kube::EndpointPort>& ports) {
  std::string text;
  for (const kube::EndpointPort& port : ports) text += (text.empty() ? "" : ", ") + Describe(port);
  return text;
}

std::string PodOf(const std::optional<kube::ObjectReference>& target) {
  return target ? target->name.get() : "";
}

std::string ServiceText(const ServiceReport& report) {
  const Service& service = *report.service;
  std::string text =
      "Service " + ToString(service.meta.Key()) +
      (report.mode == AddressMode::kHostPort ? ", published at host ports\n" : ", published at pod IPs\n");
  if (!service.SelectsPods()) {
    return text + "  selects no pods" + (service.external_name ? " (it is of type ExternalName)" : "") +
           ": its endpoints are left to others\n";
  }
  text += "  selects " + Describe(service.selector) + "\n";
  for (const kube::ServicePort& port : service.ports) text += "  port " + Describe(port) + "\n";
  return text;
}

void AddRows(const std::vector<kube::EndpointAddress>& addresses, const kube::EndpointSubset& subset,
             const std::string& state, std::vector<TableRow>& rows) {
  for (const kube::EndpointAddress& address : addresses) {
    rows.push_back({address.ip.get(), Describe(subset.ports), state, PodOf(address.target_ref)});
  }
}

std::string EndpointsText(const ServiceReport& report) {
  if (report.endpoints == nullptr) return "Endpoints: there are none\n";
  std::string text = "Endpoints";
  if (report.service->SelectsPods() && !report.as_planned) text += ", not as planned: a sync is due";
  std::vector<TableRow> rows;
  for (const kube::EndpointSubset& subset : endpoints::Canonical(report.endpoints->subsets)) {
    AddRows(subset.addresses, subset, "ready", rows);
    AddRows(subset.not_ready_addresses, subset, "not ready", rows);
  }
  if (rows.empty()) return text + "\n  no addresses\n";
  rows.insert(rows.begin(), {"ADDRESS", "PORTS", "STATE", "POD"});
  return text + "\n" + TextTable(rows, kIndent);
}

std::string StateOf(const kube::SliceEndpoint& endpoint) {
  if (endpoint.terminating) return endpoint.serving ? "terminating, serving" : "terminating";
  return endpoint.ready ? "ready" : "not ready";
}

std::string SlicesText(const ServiceReport& report) {
  if (report.slices.empty()) return "EndpointSlices: there are none\n";
  std::string text;
  for (const EndpointSlice* slice : report.slices) {
    const bool ours = endpoints::IsOurs(*slice);
    text += "EndpointSlice " + slice->meta.name.get() + (ours ? "" : ", of another controller") + "\n";
    if (!ours) continue;
    std::vector<TableRow> rows = {{"ADDRESS", "PORTS", "STATE", "POD", "ZONE"}};
    for (const kube::SliceEndpoint& endpoint : slice->endpoints) {
      rows.push_back({endpoint.address.get(), Describe(slice->ports), StateOf(endpoint),
                      PodOf(endpoint.target_ref), endpoint.zone.get()});
    }
    text += rows.size() == 1 ? "  no endpoints\n" : TextTable(rows, kIndent);
  }
  return text;
}

std::string PodsText(const ServiceReport& report) {
  if (!report.service->SelectsPods()) return "";
  if (report.pods.empty()) return "Pods: none is selected\n";
  std::vector<TableRow> rows = {{"POD", "PORT", "STANDING", "WHERE OR WHY NOT"}};
  for (const PodStanding& each : report.pods) {
    rows.push_back({each.pod->meta.name.get(), each.service_port, std::string(ToString(each.standing)),
                    WhereOrWhy(each)});
  }
  return "Pods\n" + TextTable(rows, kIndent);
}

}  // namespace

std::string WhereOrWhy(const PodStanding& standing) {
  if (standing.obstacle) {
    return std::string(ToString(standing.obstacle->reason)) + ": " + standing.obstacle->sentence;
  }
  if (standing.standing == Standing::kFinished || standing.standing == Standing::kBeingDeleted) return "";
  const std::string& ip = standing.ip.get();
  if (standing.port == 0) return ip;
  return (ip.find(':') != std::string::npos ? "[" + ip + "]" : ip) + ":" + std::to_string(standing.port);
}

std::optional<ServiceReport> ReportOn(const kube::ObjectKey& key, const ClusterCache& cache,
                                      AddressMode mode) {
  ServiceReport report{.service = cache.services().Find(key), .mode = mode};
  if (report.service == nullptr) return std::nullopt;
  report.endpoints = cache.endpoints().Find(key);
  report.slices = cache.slices_by_service().SlicesOf(key);
  std::ranges::sort(report.slices, {}, [](const EndpointSlice* slice) { return slice->meta.name; });
  if (!report.service->SelectsPods()) return report;
  const auto pods = cache.pods_by_label().Select(key.ns, report.service->selector);
  const auto plan = endpoints::PlanEndpoints(*report.service, pods, mode);
  report.as_planned =
      report.endpoints != nullptr && endpoints::Canonical(report.endpoints->subsets) == plan.subsets;
  report.pods = endpoints::StandingsOf(*report.service, pods, mode, plan);
  return report;
}

std::string ReportText(const ServiceReport& report) {
  return ServiceText(report) + EndpointsText(report) + SlicesText(report) + PodsText(report);
}

}  // namespace k8sm::controller
