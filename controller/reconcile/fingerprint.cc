#include "controller/reconcile/fingerprint.h"

#include "lib/endpoints/container_port_annotations.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

namespace k8sm::controller {
namespace {

// Combines values into a hash, dependent on their order.
class Mixer {
 public:
  void Add(const kube::Symbol& symbol) { boost::hash_combine(seed_, kube::TextHashOf(symbol)); }
  void Add(std::size_t number) { boost::hash_combine(seed_, number); }

  void Add(const kube::LabelMap& labels) {
    Add(labels.size());
    for (const kube::Label& label : labels) {
      Add(label.key);
      Add(label.value);
    }
  }

  void Add(const std::optional<kube::ObjectReference>& reference) {
    Add(std::size_t{reference.has_value()});
    if (!reference) return;
    Add(reference->kind);
    Add(reference->ns);
    Add(reference->name);
    Add(HashOf(reference->uid));
  }

  void Add(const kube::EndpointPort& port) {
    Add(port.name);
    Add(static_cast<std::size_t>(port.port));
    Add(static_cast<std::size_t>(port.protocol));
    if (port.app_protocol) Add(*port.app_protocol);
  }

  void Add(const kube::EndpointAddress& address) {
    Add(address.ip);
    Add(address.node_name);
    Add(address.hostname);
    Add(address.target_ref);
  }

  void Add(const kube::EndpointSubset& subset) {
    AddAll(subset.addresses);
    AddAll(subset.not_ready_addresses);
    AddAll(subset.ports);
  }

  void Add(const kube::SliceEndpoint& endpoint) {
    for (const kube::Symbol& symbol : {endpoint.address, endpoint.hostname, endpoint.node_name, endpoint.zone,
                                       endpoint.zone_hint, endpoint.node_hint}) {
      Add(symbol);
    }
    for (const bool condition : {endpoint.ready, endpoint.serving, endpoint.terminating, endpoint.exact}) {
      Add(std::size_t{condition});
    }
    Add(endpoint.target_ref);
  }

  template <class T>
  void AddAll(const std::vector<T>& list) {
    Add(list.size());
    for (const T& element : list) Add(element);
  }

  std::size_t value() const { return seed_; }

 private:
  std::size_t seed_ = 0;
};

}  // namespace

std::size_t Fingerprint(const kube::Endpoints* endpoints) {
  if (endpoints == nullptr) return 0;
  Mixer mixer;
  mixer.Add(endpoints->meta.labels);
  const kube::Symbol* capacity = endpoints->meta.annotations.Find(endpoints::kOverCapacityAnnotation);
  mixer.Add(std::size_t{capacity != nullptr});
  if (capacity != nullptr) mixer.Add(*capacity);
  for (const kube::Label& label : endpoints::ContainerPortsOf(endpoints->meta.annotations)) {
    mixer.Add(label.key);
    mixer.Add(label.value);
  }
  mixer.AddAll(endpoints->subsets);
  mixer.Add(std::size_t{endpoints->exact});
  return mixer.value();
}

std::size_t Fingerprint(std::span<const kube::EndpointSlice* const> slices) {
  const Fingerprints each = FingerprintsOf(slices);
  return std::accumulate(each.begin(), each.end(), std::size_t{0});
}

Fingerprints FingerprintsOf(const kube::Endpoints* endpoints) {
  if (endpoints == nullptr) return {};
  return {Fingerprint(endpoints)};
}

Fingerprints FingerprintsOf(std::span<const kube::EndpointSlice* const> slices) {
  Fingerprints fingerprints;
  for (const kube::EndpointSlice* slice : slices) {
    if (!endpoints::IsOurs(*slice)) continue;
    Mixer mixer;
    mixer.Add(slice->meta.name);
    mixer.Add(slice->meta.labels);
    mixer.Add(slice->family ? std::size_t{1} + static_cast<std::size_t>(*slice->family) : std::size_t{0});
    mixer.AddAll(slice->ports);
    mixer.AddAll(slice->endpoints);
    fingerprints.push_back(mixer.value());
  }
  std::ranges::sort(fingerprints);
  return fingerprints;
}

}  // namespace k8sm::controller
