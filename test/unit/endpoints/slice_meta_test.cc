#include "lib/endpoints/slice_meta.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::IpFamily;
using kube::Label;
using kube::LabelMap;
using kube::Service;
using kube::Symbol;
using kube::Uid;
using test::MakeService;

Label Of(const char* key, const char* value) {
  return {Symbol(key), Symbol(value)};
}

const Label kOurMark = Of("endpointslice.kubernetes.io/managed-by", "k8sm-controller-manager");

TEST_CASE("a slice has its service's labels, its service's name and managed-by as labels") {
  CHECK(SliceLabels(MakeService("web").Label("app", "shop")) ==
        LabelMap{Of("app", "shop"), Of("kubernetes.io/service-name", "web"), kOurMark});
}

TEST_CASE("a slice of a service without a cluster IP is labelled as headless") {
  const LabelMap expected = {Of("kubernetes.io/service-name", "web"), kOurMark,
                             Of("service.kubernetes.io/headless", "")};
  CHECK(SliceLabels(MakeService("web").Headless()) == expected);
  CHECK(SliceLabels(MakeService("web").ClusterIp("")) == expected);
}

TEST_CASE("a service's own values of the labels of slices do not count") {
  const Service service = MakeService("web")
                              .Label("kubernetes.io/service-name", "other")
                              .Label("endpointslice.kubernetes.io/managed-by", "somebody")
                              .Label("service.kubernetes.io/headless", "yes");
  CHECK(SliceLabels(service) == LabelMap{Of("kubernetes.io/service-name", "web"), kOurMark});
}

TEST_CASE("a slice is ours if its managed-by label says so") {
  EndpointSlice slice;
  CHECK_FALSE(IsOurs(slice));
  slice.meta.labels = {Of("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")};
  CHECK_FALSE(IsOurs(slice));
  slice.meta.labels = {kOurMark};
  CHECK(IsOurs(slice));
}

TEST_CASE("a slice is owned by a service if its owner reference has the service's uid") {
  const Service service = MakeService("web");
  EndpointSlice slice;
  CHECK_FALSE(IsOwnedBy(slice, service));
  slice.owner = kube::ServiceOwner{Symbol("web"), Uid("uid-of-an-earlier-web")};
  CHECK_FALSE(IsOwnedBy(slice, service));
  slice.owner = kube::ServiceOwner{Symbol("web"), service.meta.uid};
  CHECK(IsOwnedBy(slice, service));
}

TEST_CASE("a new slice has a generateName after its service, which owns it") {
  const EndpointSlice slice = NewSlice(MakeService("web").Namespace("shop"), IpFamily::kIPv6);
  CHECK(slice.meta.ns == Symbol("shop"));
  CHECK(slice.meta.name == Symbol());
  CHECK(slice.meta.resource_version.empty());
  CHECK(slice.generate_name == "web-");
  CHECK(slice.owner == kube::ServiceOwner{Symbol("web"), Uid("uid-web")});
  CHECK(slice.family == IpFamily::kIPv6);
}

}  // namespace
}  // namespace k8sm::endpoints
