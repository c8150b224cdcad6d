// The JSON form of the report on a service.

#include "controller/inspect/debug_service.h"
#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_format.h"
#include "controller/inspect/page_parts.h"
#include "lib/base/printable.h"
#include "lib/endpoints/slice_meta.h"

#include <memory>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;

std::string PortJson(const kube::EndpointPort& port) {
  return JsonObject()
      .Text("name", port.name.get())
      .Raw("port", std::to_string(port.port))
      .Text("protocol", ToString(port.protocol))
      .Done();
}

std::string PodOf(const std::optional<kube::ObjectReference>& target) {
  return target ? Quoted(target->name.get()) : "null";
}

using ReportPtr = std::shared_ptr<const ServiceReport>;

void AddAddresses(const ReportPtr& report, const std::vector<kube::EndpointAddress>& list, PageParts& parts) {
  // Captures the report to keep it alive: `list` is part of it.
  parts.Add(JsonArray(list.size(), [report, &list](std::size_t index) {
    return JsonObject().Text("ip", list[index].ip.get()).Raw("pod", PodOf(list[index].target_ref)).Done();
  }));
}

void AddEndpoints(const ReportPtr& report, PageParts& parts) {
  parts.Add(std::string("{\"exist\":") + (report->has_endpoints ? "true" : "false") +
            ",\"asPlanned\":" + (report->as_planned ? "true" : "false"));
  if (!report->has_endpoints) return parts.Add("}");
  parts.Add(",\"subsets\":[");
  for (const kube::EndpointSubset& subset : report->subsets) {
    parts.Add(&subset == &report->subsets.front() ? "{\"ready\":" : ",{\"ready\":");
    AddAddresses(report, subset.addresses, parts);
    parts.Add(",\"notReady\":");
    AddAddresses(report, subset.not_ready_addresses, parts);
    parts.Add(",\"ports\":" + JsonOf(subset.ports, PortJson) + "}");
  }
  parts.Add("]}");
}

std::string SliceJson(const kube::EndpointSlice& slice) {
  const auto endpoint_json = [](const kube::SliceEndpoint& endpoint) {
    return JsonObject()
        .Text("address", endpoint.address.get())
        .Bool("ready", endpoint.ready)
        .Bool("serving", endpoint.serving)
        .Bool("terminating", endpoint.terminating)
        .Text("zone", endpoint.zone.get())
        .Raw("pod", PodOf(endpoint.target_ref))
        .Done();
  };
  JsonObject json;
  json.Text("name", slice.meta.name.get()).Bool("ours", endpoints::IsOurs(slice));
  // The cache keeps no endpoints or ports of other managers' slices.
  if (!endpoints::IsOurs(slice)) return json.Done();
  return json.Text("family", slice.family ? ToString(*slice.family) : "")
      .Raw("ports", JsonOf(slice.ports, PortJson))
      .Raw("endpoints", JsonOf(slice.endpoints, endpoint_json))
      .Done();
}

void AddSlices(const ReportPtr& report, const ClusterCache& cache, PageParts& parts) {
  parts.Add("[");
  parts.Add([report, &cache, next = std::size_t{0}, any = false](std::string& out) mutable {
    if (next == report->slices.size()) return false;
    if (const kube::EndpointSlice* slice = cache.slices().Find(report->slices[next])) {
      out.append(std::exchange(any, true) ? "," : "").append(SliceJson(*slice));
    }
    return ++next < report->slices.size();
  });
  parts.Add("]");
}

std::string PodJson(const PodRow& each) {
  JsonObject json;
  json.Text("pod", each.pod.get()).Text("port", each.service_port).Text("standing", each.standing);
  if (!each.address.empty()) json.Text("address", each.address);
  if (!each.doubt.empty()) json.Text("doubt", each.doubt);
  if (each.reason) json.Text("reason", ToString(*each.reason)).Text("sentence", each.sentence);
  return json.Done();
}

}  // namespace

std::unique_ptr<http_server::BodySource> ReportJson(ServiceReport report, const ClusterCache& cache) {
  const auto shared = std::make_shared<const ServiceReport>(std::move(report));
  const kube::Service& service = shared->service;
  auto parts = std::make_unique<PageParts>();
  parts->Add("{\"service\":" +
             JsonObject()
                 .Text("namespace", service.meta.ns.get())
                 .Text("name", service.meta.name.get())
                 .Text("mode", shared->mode == AddressMode::kHostPort ? "host-port" : "pod-ip")
                 .Bool("selectsPods", service.SelectsPods())
                 .Done());
  parts->Add(",\"failure\":" + (shared->failure ? FailureJson(*shared->failure) : "null"));
  parts->Add(",\"nodesTrouble\":" +
             (shared->nodes_trouble ? Quoted(*shared->nodes_trouble, std::string::npos) : "null"));
  parts->Add(",\"endpoints\":");
  AddEndpoints(shared, *parts);
  parts->Add(",\"slices\":");
  AddSlices(shared, cache, *parts);
  parts->Add(",\"pods\":");
  parts->Add(
      JsonArray(shared->pods.size(), [shared](std::size_t index) { return PodJson(shared->pods[index]); }));
  parts->Add("}\n");
  return parts;
}

}  // namespace k8sm::controller
