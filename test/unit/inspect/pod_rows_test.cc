#include "controller/inspect/pod_rows.h"

#include "lib/endpoints/verdicts.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/inspect/pages.h"

#include <map>
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

TEST_CASE("if nodes do not decide, a published pod on a node that does not exist is doubtful") {
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

TEST_CASE("a published pod has no reason, and a skipped one has no address") {
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

TEST_CASE("only a published pod that names a node which does not exist is doubtful") {
  Pages pages;
  pages.Add(MakePod("no-node").Unscheduled());
  pages.Add(MakePod("known").On("node-2", "10.0.0.12"));
  pages.Add(MakePod("long").On(std::string(300, 'n'), "10.0.0.13"));
  kube::Node node;
  node.meta.name = kube::Symbol("node-2");
  pages.Add(node);
  std::vector<PodRow> rows;
  for (const char* pod : {"gone", "no-node", "known", "long"})
    rows.push_back({.pod = kube::Symbol(pod), .standing = "ready", .address = "10.0.0.11:31001"});
  AddDoubts(pages.cache(), kube::Symbol("default"), rows);
  CHECK(rows[0].doubt.empty());
  CHECK(rows[1].doubt.empty());
  CHECK(rows[2].doubt.empty());
  CHECK(rows[3].doubt == "node " + std::string(250, 'n') + "... does not exist");
}

TEST_CASE("each port of a pod has a row of its own, even over capacity") {
  const kube::Service service =
      MakeService("web").Port({.name = "http", .target = 8080}).Port({.name = "tls", .target = 8443});
  std::vector<kube::Pod> pods;
  for (int i = 0; i < 1'001; ++i) {
    pods.push_back(MakePod("pod-" + std::to_string(10'000 + i))
                       .Ready(i != 0)
                       .Port({.host_port = 20'000 + i})
                       .Port({.number = 8443, .host_port = 30'000 + i}));
  }
  const auto verdicts =
      endpoints::Judge(service, test::PointersTo(pods), endpoints::AddressMode::kHostPort, nullptr);
  const auto rows = RowsOf(verdicts, endpoints::PlanEndpoints(verdicts));
  std::map<std::string, std::vector<std::string>> standing;  // of the ports of each pod
  for (const PodRow& row : rows)
    standing[std::string(row.pod.get())].push_back(row.service_port + " " + row.address + " " +
                                                   std::string(row.standing));
  CHECK(standing.size() == 1'001);
  for (int i = 0; i < 1'001; ++i) {
    const std::string state = i == 0 ? "over capacity" : "ready";
    CHECK(standing["pod-" + std::to_string(10'000 + i)] ==
          std::vector<std::string>{"http 10.0.0.11:" + std::to_string(20'000 + i) + " " + state,
                                   "tls 10.0.0.11:" + std::to_string(30'000 + i) + " " + state});
  }
}

TEST_CASE("a pod that is not ready is shown as such unless the service publishes not-ready addresses") {
  const kube::Pod pod = MakePod("a").Port({.host_port = 31'001});
  CHECK(Rows(MakeService("web").Port({}), pod, nullptr)[0].standing == "not ready");
  CHECK(Rows(MakeService("web").PublishNotReadyAddresses().Port({}), pod, nullptr)[0].standing == "ready");
  const kube::Pod leaving = MakePod("a").Terminating().Ready().Port({.host_port = 31'001});
  CHECK(Rows(MakeService("web").Port({}), leaving, nullptr)[0].standing == "being deleted");
  const kube::Pod done = MakePod("a").Phase(kube::PodPhase::kSucceeded).Port({.host_port = 31'001});
  CHECK(Rows(MakeService("web").Port({}), done, nullptr)[0].standing == "finished");
}

}  // namespace
}  // namespace k8sm::controller
