#include "test/integration/model/slices_meddler.h"

#include "lib/kube_json/codec.h"

#include <stdexcept>
#include <utility>
#include <vector>

namespace k8sm::test {
namespace {

using kube::EndpointSlice;
using kube::Symbol;

constexpr const char* kManagedBy = "endpointslice.kubernetes.io/managed-by";
constexpr const char* kServiceName = "kubernetes.io/service-name";

}  // namespace

Happening SlicesMeddler::Step() {
  const std::string& ns = dice_.OneOf(kNamespaces);
  const Name service{ns, dice_.OneOf(kEndpointsNames)};
  const Name other{ns, dice_.OneOf(kEndpointsNames)};
  return {"meddle with slices of " + ToText(service) + ": " + Meddle(service, other), {service, other}};
}

std::string SlicesMeddler::Meddle(const Name& service, const Name& other) {
  switch (dice_.Below(8)) {
    case 0:
      return MakeForeign(service);
    case 1:
      return MakeStray(service);
    case 2:
      return Delete(service);
    default:
      return Edit(service, other);
  }
}

// Creates a slice of another manager, or deletes it if it exists.
std::string SlicesMeddler::MakeForeign(const Name& service) {
  const std::string slice = service.second + "-foreign";
  if (server_.Delete("endpointslices", service.first, slice)) return "a foreign one deleted";
  Create(service, slice, "somebody", "IPv4");
  return "a foreign one made";
}

// Creates a slice with our label and without an owner.
std::string SlicesMeddler::MakeStray(const Name& service) {
  const std::string type = dice_.OneOf({"IPv4", "IPv6", "FQDN"});
  Create(service, service.second + "-stray-" + std::to_string(++count_), "k8sm-controller-manager", type);
  return "a stray one made, " + type;
}

std::string SlicesMeddler::Delete(const Name& service) {
  const auto slice = AnySlice(service);
  if (!slice) return "none deleted";
  const auto deleted = server_.Delete("endpointslices", service.first, slice->meta.name.get());
  if (!deleted) throw std::runtime_error("the API server refuses a deletion: " + ToString(deleted.error()));
  return "one deleted";
}

std::string SlicesMeddler::Edit(const Name& service, const Name& other) {
  auto slice = AnySlice(service);
  const bool found = slice.has_value();
  // The dice are thrown whether there is something to edit or not.
  if (!slice) slice.emplace();
  std::string what = Change(*slice, other);
  if (!found) return "none edited";
  const auto stored = server_.Update("endpointslices", service.first, kube_json::Encode(*slice));
  if (!stored) throw std::runtime_error("the API server refuses an edit: " + ToString(stored.error()));
  if (const kube::Symbol* note = slice->meta.annotations.Find(kNote))
    notes_[{service.first, std::string(slice->meta.name.get())}] = *note;
  return what;
}

std::string SlicesMeddler::Change(EndpointSlice& slice, const Name& other) {
  kube::LabelMap& labels = slice.meta.labels;
  switch (dice_.Below(9)) {
    case 0:
      labels.Set(Symbol(kManagedBy), Symbol("somebody"));
      return "given to somebody";
    case 1:
      labels.Set(Symbol(kServiceName), Symbol(other.second));
      return "given to service " + other.second;
    case 2:
      labels.Erase(kServiceName);
      return "taken from its service";
    case 3:
      labels.Set(Symbol("team"), Symbol("green"));
      return "label set";
    case 4:
      slice.meta.annotations.Set(Symbol(kNote), Symbol(std::to_string(++count_)));
      return "note " + std::to_string(count_);
    default:
      return ChangeContent(slice);
  }
}

std::string SlicesMeddler::ChangeContent(EndpointSlice& slice) {
  switch (dice_.Below(5)) {
    case 0:
      slice.endpoints.clear();
      return "emptied";
    case 1:
      if (!slice.endpoints.empty()) slice.endpoints.pop_back();
      return "one endpoint removed";
    case 2:
      for (kube::SliceEndpoint& endpoint : slice.endpoints) endpoint.ready = !endpoint.ready;
      return "readiness turned round";
    case 3:
      if (slice.family == kube::IpFamily::kIPv4) slice.endpoints.push_back({.address = Symbol("192.0.2.9")});
      return "an endpoint added";
    default:
      slice.ports.clear();
      return "ports removed";
  }
}

std::optional<EndpointSlice> SlicesMeddler::AnySlice(const Name& service) {
  const std::size_t choice = dice_.Below(1000);
  std::vector<EndpointSlice> slices;
  for (const std::string& json : server_.List("endpointslices", service.first).value()) {
    auto slice = kube_json::Decode<EndpointSlice>(json).value();
    const kube::Symbol* name = slice.meta.labels.Find(kServiceName);
    // Of slices of type FQDN only the existence is known here, so they are not edited.
    if (slice.family && name != nullptr && *name == service.second) slices.push_back(std::move(slice));
  }
  if (slices.empty()) return std::nullopt;
  return slices[choice % slices.size()];
}

void SlicesMeddler::Create(const Name& service, const std::string& slice, const std::string& manager,
                           const std::string& address_type) {
  const std::string address = address_type == "IPv4"   ? "192.0.2.1"
                              : address_type == "IPv6" ? "2001:db8::1"
                                                       : "example.com";
  const std::string json = R"({"metadata":{"name":")" + slice + R"(","labels":{")" + kManagedBy + R"(":")" +
                           manager + R"(",")" + kServiceName + R"(":")" + service.second +
                           R"("}},"addressType":")" + address_type + R"(","endpoints":[{"addresses":[")" +
                           address + R"("]}],"ports":[{"port":80}]})";
  const auto stored = server_.Create("endpointslices", service.first, json);
  if (!stored) throw std::runtime_error("the API server refuses " + json + ": " + ToString(stored.error()));
}

}  // namespace k8sm::test
