#include "lib/endpoints/skip.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

TEST_CASE("each reason has the name that logs, metrics and events show") {
  const std::vector<std::pair<SkipReason, std::string>> names = {
      {SkipReason::kNoContainerPort, "no_container_port"},
      {SkipReason::kNoHostPort, "no_host_port"},
      {SkipReason::kBadPortAnnotation, "bad_port_annotation"},
      {SkipReason::kNoHostIp, "no_host_ip"},
      {SkipReason::kNoPodIp, "no_pod_ip"},
      {SkipReason::kIpFamilyMismatch, "ip_family_mismatch"},
      {SkipReason::kUnusableHostIp, "unusable_host_ip"},
      {SkipReason::kUnusablePodIp, "unusable_pod_ip"},
      {SkipReason::kNodeNotFound, "node_not_found"},
      {SkipReason::kHostPortConflict, "host_port_conflict"},
  };
  CHECK(names.size() == kSkipReasons);
  for (const auto& [reason, name] : names) CHECK(ToString(reason) == name);
}

TEST_CASE("PortLabel is the name of a service port, or its number if it has no name") {
  const kube::Service service =
      test::MakeService("web").Port({.name = "http", .number = 80}).Port({.number = 8443, .target = 443});
  CHECK(PortLabel(service.ports[0]) == "http");
  CHECK(PortLabel(service.ports[1]) == "8443");
}

}  // namespace
}  // namespace k8sm::endpoints
