#include "controller/report/event_texts.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::Skip;
using endpoints::SkipReason;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

const ObjectKey kWeb{Symbol("shop"), Symbol("web")};

Skip SkipOf(SkipReason reason, const std::string& port = "http") {
  return {{Symbol("shop"), Symbol("web-1")}, Uid("u-1"), port, reason, "the sentence"};
}

TEST_CASE("SkipEvent makes an event on the pod that says what to change") {
  const auto event = SkipEvent(SkipOf(SkipReason::kNoHostPort), kWeb);
  REQUIRE(event);
  CHECK(event->involved.api_version == "v1");
  CHECK(event->involved.kind == "Pod");
  CHECK(event->involved.ns.get() == "shop");
  CHECK(event->involved.name.get() == "web-1");
  CHECK(event->involved.uid.Text() == "u-1");
  CHECK(event->type == kube::EventType::kWarning);
  CHECK(event->reason == "HostPortMissing");
  CHECK(event->message == "not published for service web port http: the sentence");
  CHECK(event->component == "k8sm-controller-manager");
}

TEST_CASE("the event of a service without ports names no port") {
  const auto event = SkipEvent(SkipOf(SkipReason::kHostPortConflict, ""), kWeb);
  CHECK(event.value().message == "not published for service web: the sentence");
}

TEST_CASE("only skips that the pod's owner can resolve have events") {
  const std::vector<std::pair<SkipReason, std::string>> table = {
      {SkipReason::kNoContainerPort, "ContainerPortMissing"},
      {SkipReason::kNoHostPort, "HostPortMissing"},
      {SkipReason::kBadPortAnnotation, "HostPortInvalid"},
      {SkipReason::kIpFamilyMismatch, "HostPortInvalid"},
      {SkipReason::kUnusableHostIp, "HostPortInvalid"},
      {SkipReason::kHostPortConflict, "HostPortConflict"},
      {SkipReason::kNodeNotFound, "NodeNotFound"},
      {SkipReason::kNoHostIp, ""},
      {SkipReason::kNoPodIp, ""},
      {SkipReason::kUnusablePodIp, ""},
  };
  CHECK(table.size() == endpoints::kSkipReasons);
  for (const auto& [reason, expected] : table) {
    const auto event = SkipEvent(SkipOf(reason), kWeb);
    CHECK(event.has_value() == !expected.empty());
    CHECK((event ? std::string(event->reason) : "") == expected);
  }
}

TEST_CASE("a targetPort that no container declares is also an event on the service") {
  const kube::ObjectMeta meta{.ns = Symbol("shop"), .name = Symbol("web"), .uid = Uid("u-2")};
  const auto event = TargetPortEvent(SkipOf(SkipReason::kNoContainerPort), meta);
  REQUIRE(event);
  CHECK(event->involved.kind == "Service");
  CHECK(event->involved.api_version == "v1");
  CHECK(event->involved.ns.get() == "shop");
  CHECK(event->involved.name.get() == "web");
  CHECK(event->involved.uid.Text() == "u-2");
  CHECK(event->type == kube::EventType::kWarning);
  CHECK(event->component == "k8sm-controller-manager");
  CHECK(event->reason == "ContainerPortMissing");
  CHECK(event->message == "port http is not published for pod web-1: the sentence");
  CHECK_FALSE(TargetPortEvent(SkipOf(SkipReason::kNoHostPort), meta));
}

TEST_CASE("a refused write is reported with the event of the upstream controller") {
  const Error refused{.code = Errc::kForbidden, .message = "no right to", .http_status = 403};
  kube::ObjectMeta meta{.ns = Symbol("shop"), .name = Symbol("web")};
  const auto created = EndpointsEvent(meta, refused);
  REQUIRE(created);
  CHECK(created->involved.kind == "Endpoints");
  CHECK(created->reason == "FailedToCreateEndpoint");
  CHECK(created->message == "Failed to create endpoint for service shop/web: no right to");
  CHECK(created->component == "endpoint-controller");

  meta.uid = Uid("u-2");
  meta.resource_version = "42";
  const auto updated = EndpointsEvent(meta, refused);
  REQUIRE(updated);
  CHECK(updated->reason == "FailedToUpdateEndpoint");
  CHECK(updated->involved.uid.Text() == "u-2");
  CHECK(updated->involved.resource_version == "42");
  CHECK(updated->message == "Failed to update endpoint shop/web: no right to");

  const auto slices = SlicesEvent(meta, refused);
  REQUIRE(slices);
  CHECK(slices->involved.kind == "Service");
  CHECK(slices->reason == "FailedToUpdateEndpointSlices");
  CHECK(slices->message == "Error updating Endpoint Slices for Service shop/web: no right to");
  CHECK(slices->component == "endpoint-slice-controller");
}

TEST_CASE("conflicts, a terminating namespace and an unavailable API server have no events") {
  const kube::ObjectMeta meta{.ns = Symbol("shop"), .name = Symbol("web")};
  for (const Errc code :
       {Errc::kConflict, Errc::kAlreadyExists, Errc::kNotFound, Errc::kUnavailable, Errc::kTimeout,
        Errc::kCanceled, Errc::kNotLeading, Errc::kTooManyRequests, Errc::kMalformed}) {
    CHECK_FALSE(EndpointsEvent(meta, {.code = code}));
    CHECK_FALSE(SlicesEvent(meta, {.code = code}));
  }
  CHECK_FALSE(EndpointsEvent(meta, {.code = Errc::kForbidden, .cause = "NamespaceTerminating"}));
  CHECK(EndpointsEvent(meta, {.code = Errc::kRejected}));
  CHECK(EndpointsEvent(meta, {.code = Errc::kServerError}));
}

TEST_CASE("an election on Endpoints has its event on the Endpoints") {
  const auto event = ElectionEvent(leader::LockKind::kEndpoints, {Symbol("kube-system"), Symbol("k8sm")},
                                   Uid("uid-1"), "a became leader");
  CHECK(event.involved.api_version == "v1");
  CHECK(event.involved.kind == "Endpoints");
}

TEST_CASE("an election on a Lease has its event on the Lease") {
  const auto event = ElectionEvent(leader::LockKind::kLeases, {Symbol("kube-system"), Symbol("k8sm")},
                                   Uid("uid-1"), "a became leader");
  CHECK(event.involved.api_version == "coordination.k8s.io/v1");
  CHECK(event.involved.kind == "Lease");
  CHECK(event.involved.uid.Text() == "uid-1");
  CHECK(event.ns() == "kube-system");
  CHECK(event.type == kube::EventType::kNormal);
  CHECK(event.reason == "LeaderElection");
  CHECK(event.message == "a became leader");
}

}  // namespace
}  // namespace k8sm::controller
