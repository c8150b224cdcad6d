#include "lib/kube/endpoint_slice.h"

namespace k8sm::kube {

std::optional<ObjectKey> ServiceOf(const ObjectMeta& slice) {
  const Symbol* name = slice.labels.Find(kServiceNameLabel);
  if (name == nullptr || name->empty()) return std::nullopt;
  return ObjectKey{slice.ns, Symbol(*name)};
}

}  // namespace k8sm::kube
