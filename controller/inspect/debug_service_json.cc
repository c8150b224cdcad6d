// The report on a service for programs.

#include "controller/inspect/debug_service.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/kube_json/quote.h"

#include <string_view>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;
using endpoints::PodStanding;
using kube_json::Quote;

// Grows a JSON object member by member.
class Object {
 public:
  Object& Raw(std::string_view key, std::string_view json) {
    text_.append(text_.size() > 1 ? "," : "").append(Quote(key)).append(":").append(json);
    return *this;
  }
  Object& Text(std::string_view key, std::string_view value) { return Raw(key, Quote(value)); }
  Object& Bool(std::string_view key, bool value) { return Raw(key, value ? "true" : "false"); }
  std::string Done() { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

template <class List, class ToJson>
std::string ArrayOf(const List& list, ToJson to_json) {
  std::string text = "[";
  for (const auto& element : list) text.append(text.size() > 1 ? "," : "").append(to_json(element));
  return text + "]";
}

std::string PortJson(const kube::EndpointPort& port) {
  return Object()
      .Text("name", port.name.get())
      .Raw("port", std::to_string(port.port))
      .Text("protocol", ToString(port.protocol))
      .Done();
}

std::string PodOf(const std::optional<kube::ObjectReference>& target) {
  return target ? Quote(target->name.get()) : "null";
}

std::string SubsetJson(const kube::EndpointSubset& subset) {
  const auto addresses = [](const std::vector<kube::EndpointAddress>& list) {
    return ArrayOf(list, [](const kube::EndpointAddress& address) {
      return Object().Text("ip", address.ip.get()).Raw("pod", PodOf(address.target_ref)).Done();
    });
  };
  return Object()
      .Raw("ready", addresses(subset.addresses))
      .Raw("notReady", addresses(subset.not_ready_addresses))
      .Raw("ports", ArrayOf(subset.ports, PortJson))
      .Done();
}

std::string SliceJson(const kube::EndpointSlice* slice) {
  const auto endpoint_json = [](const kube::SliceEndpoint& endpoint) {
    return Object()
        .Text("address", endpoint.address.get())
        .Bool("ready", endpoint.ready)
        .Bool("serving", endpoint.serving)
        .Bool("terminating", endpoint.terminating)
        .Text("zone", endpoint.zone.get())
        .Raw("pod", PodOf(endpoint.target_ref))
        .Done();
  };
  Object json;
  json.Text("name", slice->meta.name.get()).Bool("ours", endpoints::IsOurs(*slice));
  // Of those of others nothing more is kept.
  if (!endpoints::IsOurs(*slice)) return json.Done();
  return json.Text("family", slice->family ? ToString(*slice->family) : "")
      .Raw("ports", ArrayOf(slice->ports, PortJson))
      .Raw("endpoints", ArrayOf(slice->endpoints, endpoint_json))
      .Done();
}

std::string StandingJson(const PodStanding& each) {
  Object json;
  json.Text("pod", each.pod->meta.name.get())
      .Text("port", each.service_port)
      .Text("standing", ToString(each.standing));
  if (each.obstacle) {
    json.Text("reason", ToString(each.obstacle->reason)).Text("sentence", each.obstacle->sentence);
  } else if (const std::string where = WhereOrWhy(each); !where.empty()) {
    json.Text("address", where);
  }
  return json.Done();
}

}  // namespace

std::string ReportJson(const ServiceReport& report) {
  const kube::Service& service = *report.service;
  Object json;
  json.Raw("service", Object()
                          .Text("namespace", service.meta.ns.get())
                          .Text("name", service.meta.name.get())
                          .Text("mode", report.mode == AddressMode::kHostPort ? "host-port" : "pod-ip")
                          .Bool("selectsPods", service.SelectsPods())
                          .Done());
  Object stored;
  stored.Bool("exist", report.endpoints != nullptr).Bool("asPlanned", report.as_planned);
  if (report.endpoints != nullptr) stored.Raw("subsets", ArrayOf(report.endpoints->subsets, SubsetJson));
  json.Raw("endpoints", stored.Done());
  json.Raw("slices", ArrayOf(report.slices, SliceJson));
  json.Raw("pods", ArrayOf(report.pods, StandingJson));
  return json.Done() + "\n";
}

}  // namespace k8sm::controller
