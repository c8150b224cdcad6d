// Servers with fewer features than today's: they are asked once for what they support.

#include "test/apiserver/fault_rule.h"
#include "test/integration/world.h"
#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {
namespace {

using apiserver::FaultEffect;
using apiserver::FaultRule;

// The recorded answers of a server of this release to requests for its version and its API groups.
std::vector<FaultRule> Answers(const std::string& release) {
  FaultRule version{.effect = FaultEffect::kAnswer, .path = "/version"};
  version.text = LoadRecording(release + "-version").body;
  FaultRule apis{.effect = FaultEffect::kAnswer, .path = "/apis"};
  apis.text = LoadRecording(release + "-apis").body;
  return {version, apis};
}

TEST_CASE("an old server is not asked for features that it lacks, and is served without delay") {
  const std::string release = GENERATE("k8s-1.1", "k8s-1.5");
  CAPTURE(release);
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  auto rules = Answers(release);
  // The server takes a streaming list for a plain watch.
  rules.push_back({.effect = FaultEffect::kNoInitialEnd, .query = "sendInitialEvents"});
  rules.push_back({.effect = FaultEffect::kNoBookmarks, .verb = "watch"});
  world.server().faults().Set(rules);
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  CHECK(world.server().faults().hits(2) == 0);
  CHECK(world.server().requests().Count("list", "endpointslices") == 0);
  CHECK(world.log().Count("which lacks leases, EndpointSlices, streaming lists") == 1);
  CHECK(world.log().Count("page by page") == 0);
  CHECK(world.Stop() == 0);
}

TEST_CASE("pods are listed again when their history has expired on Kubernetes 1.1") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  auto rules = Answers("k8s-1.1");
  const Recording expired = LoadRecording("k8s-1.1-watch-old");
  FaultRule refusal{.effect = FaultEffect::kAnswer, .verb = "watch", .resource = "pods", .times = 1};
  refusal.code = expired.status;
  refusal.text = expired.body;
  rules.push_back(refusal);
  world.server().faults().Set(rules);
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.server().requests().Count("list", "pods") == 2; }));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  CHECK(world.log().Count("cannot watch") == 0);
}

}  // namespace
}  // namespace k8sm::test
