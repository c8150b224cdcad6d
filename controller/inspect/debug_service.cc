#include "controller/inspect/debug_service.h"

#include "controller/inspect/page_format.h"
#include "controller/inspect/page_parts.h"
#include "controller/inspect/text_table.h"
#include "lib/base/printable.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/endpoints/subsets.h"
#include "lib/kube/label_map.h"
#include "lib/kube/timestamp.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;
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
  const std::string target = number != nullptr ? std::to_string(*number)
                                               : std::string(std::get<kube::Symbol>(port.target_port).get());
  return port.name + (port.name.empty() ? "" : " ") + std::to_string(port.port) + "/" +
         std::string(ToString(port.protocol)) + " -> " + target;
}

// "http 31080/TCP"
std::string Describe(const kube::EndpointPort& port) {
  return port.name + (port.name.empty() ? "" : " ") + std::to_string(port.port) + "/" +
         std::string(ToString(port.protocol));
}

std::string Describe(const std::vector<kube::EndpointPort>& ports) {
  std::string text;
  for (const kube::EndpointPort& port : ports) text += (text.empty() ? "" : ", ") + Describe(port);
  return text;
}

std::string PodOf(const std::optional<kube::ObjectReference>& target) {
  return std::string(target ? target->name.get() : "");
}

std::string FailureText(const SyncFailure& failure) {
  return "  cannot be synced since " + kube::FormatTimestamp(TimeOfDay(failure.since)) + ": " +
         Printable(failure.error, kSentenceBytes) + "\n";
}

std::string NodesText(const ServiceReport& report) {
  if (!report.nodes_trouble) return "";
  return "  nodes are " +
         std::string(report.uses_nodes ? "outdated, and used as they were known last"
                                       : "not known, so a pod whose node does not exist is not found") +
         ": " + Printable(*report.nodes_trouble, kSentenceBytes) + "\n";
}

std::string ServiceText(const ServiceReport& report) {
  const Service& service = report.service;
  std::string text =
      "Service " + ToString(service.meta.Key()) +
      (report.mode == AddressMode::kHostPort ? ", published at host ports\n" : ", published at pod IPs\n");
  if (report.failure) text += FailureText(*report.failure);
  if (!service.SelectsPods()) {
    return text + "  selects no pods" + (service.external_name ? " (it is of type ExternalName)" : "") +
           ": its endpoints are left to others\n";
  }
  text += "  selects " + Describe(service.selector) + "\n";
  for (const kube::ServicePort& port : service.ports) text += "  port " + Describe(port) + "\n";
  return text + NodesText(report);
}

// One row of the table of Endpoints addresses.
struct AddressRow {
  const kube::EndpointSubset* subset;
  const kube::EndpointAddress* address;
  bool ready;
};

std::vector<AddressRow> RowsOf(const std::vector<kube::EndpointSubset>& subsets) {
  std::vector<AddressRow> rows;
  for (const kube::EndpointSubset& subset : subsets) {
    for (const auto& address : subset.addresses) rows.push_back({&subset, &address, true});
    for (const auto& address : subset.not_ready_addresses) rows.push_back({&subset, &address, false});
  }
  return rows;
}

using ReportPtr = std::shared_ptr<const ServiceReport>;

void AddEndpoints(const ReportPtr& report, PageParts& parts) {
  if (!report->has_endpoints) return parts.Add("Endpoints: there are none\n");
  const bool behind = report->service.SelectsPods() && !report->as_planned;
  parts.Add(behind ? "Endpoints, out of sync: update pending\n" : "Endpoints\n");
  auto rows = std::make_shared<const std::vector<AddressRow>>(RowsOf(report->subsets));
  if (rows->empty()) return parts.Add("  no addresses\n");
  // Captures the report to keep it alive: the rows point into it.
  const auto row = [report, rows](std::size_t index) -> TableRow {
    const AddressRow& each = (*rows)[index];
    return {std::string(each.address->ip.get()), Describe(each.subset->ports),
            each.ready ? "ready" : "not ready", PodOf(each.address->target_ref)};
  };
  parts.Add(TextTable({"ADDRESS", "PORTS", "STATE", "POD"}, rows->size(), row, kIndent));
}

std::string StateOf(const kube::SliceEndpoint& endpoint) {
  if (endpoint.terminating) return endpoint.serving ? "terminating, serving" : "terminating";
  return endpoint.ready ? "ready" : "not ready";
}

std::string SliceText(const EndpointSlice& slice) {
  const bool ours = endpoints::IsOurs(slice);
  std::string text = "EndpointSlice " + slice.meta.name + (ours ? "" : ", of another controller") + "\n";
  if (!ours) return text;
  if (slice.endpoints.empty()) return text + "  no endpoints\n";
  const auto row = [&](std::size_t index) -> TableRow {
    const kube::SliceEndpoint& endpoint = slice.endpoints[index];
    return {std::string(endpoint.address.get()), Describe(slice.ports), StateOf(endpoint),
            PodOf(endpoint.target_ref), std::string(endpoint.zone.get())};
  };
  // One step is enough: the API server stores at most 1,000 endpoints in a slice.
  TextTable table({"ADDRESS", "PORTS", "STATE", "POD", "ZONE"}, slice.endpoints.size(), row, kIndent);
  while (table(text)) {
  }
  return text;
}

void AddSlices(const ReportPtr& report, const ClusterCache& cache, PageParts& parts) {
  if (report->slices.empty()) return parts.Add("EndpointSlices: there are none\n");
  parts.Add([report, &cache, next = std::size_t{0}](std::string& out) mutable {
    const EndpointSlice* slice = cache.slices().Find(report->slices[next]);
    if (slice != nullptr) out += SliceText(*slice);
    return ++next < report->slices.size();
  });
}

void AddPods(const ReportPtr& report, PageParts& parts) {
  if (!report->service.SelectsPods()) return;
  if (report->pods.empty()) return parts.Add("Pods: none is selected\n");
  parts.Add("Pods\n");
  const auto row = [report](std::size_t index) -> TableRow {
    const PodRow& each = report->pods[index];
    std::string where_or_why = each.address + (each.doubt.empty() ? "" : "; ") + each.doubt;
    if (each.reason) {
      if (!each.address.empty()) where_or_why += "; ";
      where_or_why.append(ToString(*each.reason)).append(": ").append(each.sentence);
    }
    return {std::string(each.pod.get()), each.service_port, std::string(each.standing),
            std::move(where_or_why)};
  };
  parts.Add(TextTable({"POD", "PORT", "STATE", "WHERE OR WHY NOT"}, report->pods.size(), row, kIndent));
}

}  // namespace

std::optional<ServiceReport> ReportOn(const kube::ObjectKey& key, const ClusterCache& cache, AddressMode mode,
                                      const SeenEndpoints& seen, const LimitsOfEndpoints& limits) {
  const Service* service = cache.services().Find(key);
  if (service == nullptr) return std::nullopt;
  ServiceReport report{.service = *service, .mode = mode};
  const kube::Endpoints* stored = cache.endpoints().Find(key);
  report.has_endpoints = stored != nullptr;
  if (stored != nullptr) report.subsets = endpoints::Canonical(stored->subsets);
  for (const EndpointSlice* slice : cache.slices_by_service().SlicesOf(key)) {
    report.slices.push_back(slice->meta.Key());
  }
  std::ranges::sort(report.slices, [](const auto& a, const auto& b) { return a < b; });
  if (!service->SelectsPods()) return report;
  const endpoints::Verdicts verdicts = JudgeFromCaches(*service, cache, mode);
  const auto plan = endpoints::PlanEndpoints(verdicts, limits(key));
  const kube::Endpoints* compared = seen(key);
  report.as_planned =
      compared != nullptr && compared->exact && endpoints::Canonical(compared->subsets) == plan.subsets;
  report.pods = RowsOf(verdicts, plan);
  // Without slices nodes do not decide.
  report.nodes_trouble = cache.NodesTrouble(std::chrono::steady_clock::now());
  report.uses_nodes = verdicts.nodes_known;
  if (!verdicts.nodes_known && !report.nodes_trouble) AddDoubts(cache, key.ns, report.pods);
  return report;
}

std::unique_ptr<http_server::BodySource> ReportText(ServiceReport report, const ClusterCache& cache) {
  const auto shared = std::make_shared<const ServiceReport>(std::move(report));
  auto parts = std::make_unique<PageParts>();
  parts->Add(ServiceText(*shared));
  AddEndpoints(shared, *parts);
  AddSlices(shared, cache, *parts);
  AddPods(shared, *parts);
  return parts;
}

}  // namespace k8sm::controller
