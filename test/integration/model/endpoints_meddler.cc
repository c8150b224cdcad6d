#include "test/integration/model/endpoints_meddler.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/kube_json/codec.h"

#include <stdexcept>
#include <vector>

namespace k8sm::test {
namespace {

using kube::Endpoints;
using kube::EndpointSubset;
using kube::Symbol;

const std::string kMarks[] = {
    R"("labels":{"endpoints.kubernetes.io/managed-by":"k8sm-controller-manager"})",
    R"("labels":{"endpoints.kubernetes.io/managed-by":"endpoint-controller"})",
    R"("annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-01-01T00:00:00Z"})"};

constexpr const char* kLeaderRecord =
    R"("labels":{"endpoints.kubernetes.io/managed-by":"somebody"},"annotations":{"control-plane.alpha.kubernetes.io/leader":"{}"})";

void RemoveOneAddress(std::vector<EndpointSubset>& subsets) {
  if (subsets.empty()) return;
  EndpointSubset& subset = subsets.front();
  (subset.addresses.empty() ? subset.not_ready_addresses : subset.addresses).pop_back();
  if (subset.addresses.empty() && subset.not_ready_addresses.empty()) subsets.erase(subsets.begin());
}

}  // namespace

Happening EndpointsMeddler::Step() {
  const std::string& ns = dice_.OneOf(kNamespaces);
  const Name name{ns, dice_.OneOf(kEndpointsNames)};
  return {"meddle with endpoints " + ToText(name) + ": " + Meddle(name), {name}};
}

std::string EndpointsMeddler::Meddle(const Name& name) {
  switch (dice_.Below(8)) {
    case 0:
      return Delete(name);
    case 1:
      return Replace(name, "made by hand", R"("labels":{"example.com/made-by":"hand"})");
    case 2:
      return Replace(name, "made by a controller", kMarks[dice_.Below(3)]);
    case 3:
      return Replace(name, "made a leader record", kLeaderRecord);
    default:
      return Edit(name);
  }
}

void EndpointsMeddler::Forget() {
  endpoints_.clear();
  replaced_.clear();
}

std::string EndpointsMeddler::Delete(const Name& name) {
  if (server_.Delete("endpoints", name.first, name.second)) {
    endpoints_[name].reset();
    notes_.erase(name);
  }
  return "deleted";
}

std::string EndpointsMeddler::Replace(const Name& name, const std::string& what,
                                      const std::string& metadata) {
  const std::string json = R"({"metadata":{"name":")" + name.second + R"(",)" + metadata +
                           R"(},"subsets":[{"addresses":[{"ip":"192.0.2.1"}],"ports":[{"port":80}]}]})";
  const auto exists = server_.Get("endpoints", name.first, name.second).has_value();
  const auto stored =
      exists ? server_.Update("endpoints", name.first, json) : server_.Create("endpoints", name.first, json);
  if (!stored) throw std::runtime_error("the API server refuses " + json + ": " + ToString(stored.error()));
  endpoints_[name] = *stored;
  replaced_.insert(name);
  notes_.erase(name);
  return what;
}

std::string EndpointsMeddler::Edit(const Name& name) {
  Endpoints endpoints;
  const auto before = server_.Get("endpoints", name.first, name.second);
  if (before) endpoints = kube_json::Decode<Endpoints>(*before).value();
  // The dice are thrown whether there is something to edit or not.
  const std::string what = Change(endpoints);
  if (before) {
    const auto stored = server_.Update("endpoints", name.first, kube_json::Encode(endpoints));
    if (!stored) throw std::runtime_error("the API server refuses an edit: " + ToString(stored.error()));
    endpoints_[name] = *stored;
    if (const kube::Symbol* note = endpoints.meta.annotations.Find(kNote)) notes_[name] = *note;
  }
  return what;
}

std::string EndpointsMeddler::Change(Endpoints& endpoints) {
  kube::LabelMap& labels = endpoints.meta.labels;
  switch (dice_.Below(7)) {
    case 0:
      endpoints.subsets.clear();
      return "emptied";
    case 1:
      RemoveOneAddress(endpoints.subsets);
      return "one address removed";
    case 2:
      labels.Erase(endpoints::kManagedByLabel);
      return "label erased";
    case 3:
      labels.Set(Symbol("team"), Symbol("green"));
      return "label set";
    case 4:
      endpoints.meta.annotations.Set(Symbol(std::string(endpoints::kOverCapacityAnnotation)),
                                     Symbol("truncated"));
      return "marked as over capacity";
    case 5:
      endpoints.meta.annotations.Set(Symbol("k8s.mesosphere.io/containerPort_TCP_192.0.2.1_80"),
                                     Symbol("8080"));
      return "a container port told";
    default:
      endpoints.meta.annotations.Set(Symbol(kNote), Symbol(std::to_string(++count_)));
      return "note " + std::to_string(count_);
  }
}

}  // namespace k8sm::test
