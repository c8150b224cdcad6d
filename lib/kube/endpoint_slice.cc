#include "lib/kube/endpoint_slice.h"

namespace k8sm::kube {

std::optional<ObjectKey> ServiceOf(const EndpointSlice& slice) {
  const std::string* name = slice.meta.labels.Find(kServiceNameLabel);
  if (name == nullptr || name->empty()) return std::nullopt;
  return ObjectKey{slice.meta.ns, Symbol(*name)};
}

}  // namespace k8sm::kube
