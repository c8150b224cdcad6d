#include "lib/kube/node.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

TEST_CASE("a node is decoded with its zone and labels, but without annotations") {
  const auto node = Decode<kube::Node>(R"({"metadata":{"name":"node-1","uid":"u-1","resourceVersion":"42",
      "labels":{"kubernetes.io/hostname":"node-1","topology.kubernetes.io/zone":"zone-b"},
      "annotations":{"note":"x"},"managedFields":[{"manager":"kubelet"}]},
      "spec":{"taints":7},"status":"Ready"})");
  REQUIRE(node.has_value());
  CHECK(kube::ToString(node->meta.Key()) == "node-1");
  CHECK(node->meta.uid == Uid("u-1"));
  CHECK(node->meta.resource_version == "42");
  CHECK(node->zone == Symbol("zone-b"));
  CHECK(node->meta.labels.size() == 2);
  CHECK(node->meta.annotations.empty());
  CHECK(node->meta.preserved.empty());
  CHECK(node->meta.field_manager.get().empty());
}

TEST_CASE("a node without a value for the zone label has no zone") {
  for (const std::string labels :
       {"null", "{}", R"({"zone":"a"})", R"({"topology.kubernetes.io/zone":null})",
        R"({"topology.kubernetes.io/zone":""})", R"({"failure-domain.beta.kubernetes.io/zone":"a"})"}) {
    CAPTURE(labels);
    const auto node = Decode<kube::Node>(R"({"metadata":{"name":"node-1","labels":)" + labels + "}}");
    REQUIRE(node.has_value());
    CHECK(node->zone.get().empty());
  }
}

TEST_CASE("a node with a field of the wrong type is refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("labels":{"topology.kubernetes.io/zone":1})",
       ".metadata.labels[topology.kubernetes.io/zone]: expected a string, got an integer"},
      {R"("labels":[])", ".metadata.labels: expected an object, got a list"},
      {R"("uid":{})", ".metadata.uid: expected a string, got an object"},
      {R"("resourceVersion":42)", ".metadata.resourceVersion: expected a string, got an integer"},
  };
  for (const auto& [member, message] : cases) {
    CAPTURE(member);
    const auto node = Decode<kube::Node>(R"({"metadata":{"name":"node-1",)" + member + "}}");
    REQUIRE(node.has_error());
    CHECK(node.error().message == "Node node-1: " + message);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
