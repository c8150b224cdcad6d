#include "controller/inspect/pod_rows.h"

#include "lib/endpoints/verdicts.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/inspect/pages.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::SkipReason;
using test::MakePod;
using test::MakeService;

std::vector<PodRow> Rows(const kube::Service& service, const kube::Pod& pod,
                         const endpoints::NodeLookup* node_of) {
  const std::vector<const kube::Pod*> pods = {&pod};
  const auto verdicts = endpoints::Judge(service, pods, endpoints::AddressMode::kHostPort, node_of);
  return RowsOf(verdicts, endpoints::PlanEndpoints(verdicts));
}

TEST_CASE("a pod in Endpoints but in no slice has one row, as skipped, with its address and the reason") {
  const kube::Service service = MakeService("web").Port({.name = "http", .target = 8080});
  const kube::Pod pod = MakePod("a").Port({.host_port = 31'001}).Ready();
  const endpoints::NodeLookup none = [](const kube::Symbol&) { return nullptr; };
  const auto rows = Rows(service, pod, &none);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].standing == "skipped");
  CHECK(rows[0].reason == SkipReason::kNodeNotFound);
  CHECK(rows[0].address == "10.0.0.11:31001");
  CHECK(rows[0].sentence.find("does not exist") != std::string::npos);
}

TEST_CASE("where nodes do not decide, a published pod on a node that does not exist is doubtful") {
  Pages pages;
  std::vector<PodRow> rows(2);
  rows[0] = {.pod = kube::Symbol("a"), .standing = "ready", .address = "10.0.0.11:31001"};
  rows[1] = {.pod = kube::Symbol("b"), .standing = "skipped", .reason = SkipReason::kNoHostPort};
  pages.Add(MakePod("a"));
  pages.Add(MakePod("b"));
  AddDoubts(pages.cache(), kube::Symbol("default"), rows);
  CHECK(rows[0].doubt == "node node-1 does not exist");
  CHECK(rows[1].doubt.empty());
}

TEST_CASE("a pod that is published has no reason, and one that is in neither object no address") {
  const kube::Service service = MakeService("web").Port({.name = "http", .target = 8080});
  const auto published = Rows(service, MakePod("a").Port({.host_port = 31'001}).Ready(), nullptr);
  REQUIRE(published.size() == 1);
  CHECK(published[0].standing == "ready");
  CHECK_FALSE(published[0].reason);
  const auto skipped = Rows(service, MakePod("a").Port({}).Ready(), nullptr);
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].standing == "skipped");
  CHECK(skipped[0].reason == SkipReason::kNoHostPort);
  CHECK(skipped[0].address.empty());
}

}  // namespace
}  // namespace k8sm::controller
