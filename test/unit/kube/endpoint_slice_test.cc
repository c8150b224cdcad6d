#include "lib/kube/endpoint_slice.h"

#include "test/support/catch.h"

namespace k8sm::kube {
namespace {

TEST_CASE("a slice belongs to the service that its label names, in its own namespace") {
  EndpointSlice slice;
  slice.meta.ns = Symbol("shop");
  slice.meta.name = Symbol("web-abcde");
  CHECK_FALSE(ServiceOf(slice).has_value());
  slice.meta.labels.Set(Symbol("kubernetes.io/service-name"), Symbol(""));
  CHECK_FALSE(ServiceOf(slice).has_value());
  slice.meta.labels.Set(Symbol("kubernetes.io/service-name"), Symbol("web"));
  CHECK(ServiceOf(slice) == ObjectKey{Symbol("shop"), Symbol("web")});
}

}  // namespace
}  // namespace k8sm::kube
