#include "lib/endpoints/slice_meta.h"

#include "lib/endpoints/endpoints_plan.h"

#include <string>

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::LabelMap;
using kube::Service;
using kube::Symbol;

}  // namespace

bool IsOurs(const EndpointSlice& slice) {
  const kube::Symbol* manager = slice.meta.labels.Find(kSliceManagedByLabel);
  return manager != nullptr && *manager == kManager;
}

bool IsOwnedBy(const EndpointSlice& slice, const Service& service) {
  return slice.owner && slice.owner->uid == service.meta.uid;
}

LabelMap SliceLabels(const Service& service) {
  static const Symbol kManagedBy = Symbol(kSliceManagedByLabel);
  static const Symbol kManagerName = Symbol(kManager);
  static const Symbol kServiceName = Symbol(kube::kServiceNameLabel);
  LabelMap labels = InheritedLabels(service);
  labels.Set(kManagedBy, kManagerName);
  labels.Set(kServiceName, service.meta.name);
  return labels;
}

EndpointSlice NewSlice(const Service& service, kube::IpFamily family) {
  EndpointSlice slice;
  slice.meta.ns = service.meta.ns;
  // A service's name is a DNS label (63 bytes), so there is room for the dash and the generated suffix.
  slice.generate_name = service.meta.name + "-";
  slice.owner = kube::ServiceOwner{service.meta.name, service.meta.uid};
  slice.family = family;
  return slice;
}

}  // namespace k8sm::endpoints
