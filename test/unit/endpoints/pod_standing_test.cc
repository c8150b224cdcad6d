#include "lib/endpoints/pod_standing.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <algorithm>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Pod;
using kube::Service;
using test::MakePod;
using test::MakeService;
using test::PointersTo;

// "a http ready 10.0.0.11:31080", "a http skipped no_host_port", "a - finished"
std::vector<std::string> Standings(const Service& service, const std::vector<Pod>& pods,
                                   AddressMode mode = AddressMode::kHostPort) {
  const auto pointers = PointersTo(pods);
  const EndpointsPlan plan = PlanEndpoints(service, pointers, mode);
  std::vector<std::string> lines;
  for (const PodStanding& each : StandingsOf(service, pointers, mode, plan)) {
    std::string line = each.pod->meta.name.get() + " " +
                       (each.service_port.empty() ? "-" : each.service_port) + " " +
                       std::string(ToString(each.standing));
    if (!each.ip.get().empty()) line += " " + each.ip.get();
    if (each.port != 0) line += ":" + std::to_string(each.port);
    if (each.obstacle) line += " " + std::string(ToString(each.obstacle->reason));
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("each pod is in or out for a reason") {
  const Service service = MakeService("web").Port({.name = "http"});
  const auto pod = [](const char* name, int host_port) {
    return MakePod(name).Port({.host_port = host_port});
  };
  CHECK(Standings(service, {pod("g", 31080).Ready(), pod("a", 31081).Ready(), pod("b", 31082), pod("c", 0),
                            pod("d", 31084).Phase(kube::PodPhase::kSucceeded), pod("e", 31085).Terminating(),
                            pod("f", 31081)}) ==
        Lines{"a http ready 10.0.0.11:31081", "b http not ready 10.0.0.11:31082",
              "c http skipped no_host_port", "d - finished", "e - being deleted",
              "f http skipped host_port_conflict", "g http ready 10.0.0.11:31080"});
}

TEST_CASE("each port of a pod stands for itself and as the service orders them") {
  const Service service =
      MakeService("web").Port({.name = "z"}).Port({.name = "a", .number = 81, .target = 9090});
  CHECK(Standings(service, {MakePod("a").Ready().Port({.host_port = 31080}).Port({.number = 9090})}) ==
        Lines{"a z ready 10.0.0.11:31080", "a a skipped no_host_port"});
}

TEST_CASE("pods that are not ready or leave stand as ready where the service publishes them so") {
  const Service service = MakeService("web").Port({}).PublishNotReadyAddresses();
  CHECK(Standings(service, {MakePod("a").Port({.host_port = 31080}),
                            MakePod("b").Port({.host_port = 31081}).Terminating()}) ==
        Lines{"a 80 ready 10.0.0.11:31080", "b 80 ready 10.0.0.11:31081"});
}

TEST_CASE("a headless service without ports lists addresses alone") {
  CHECK(Standings(MakeService("web").Headless(), {MakePod("a").Ready(), MakePod("b").PodIps({})},
                  AddressMode::kPodIp) == Lines{"a - ready 172.17.0.11", "b - skipped no_pod_ip"});
}

TEST_CASE("what Endpoints have no room for is told") {
  std::vector<Pod> pods;
  for (int i = 0; i < 1'010; ++i) {
    pods.push_back(
        MakePod("pod-" + std::to_string(10'000 + i)).Ready(i % 2 == 0).Port({.host_port = 20'000 + i}));
  }
  const Lines lines = Standings(MakeService("web").Port({}), pods);
  const auto count = [&](const std::string& standing) {
    return std::ranges::count_if(lines,
                                 [&](const auto& line) { return line.find(standing) != std::string::npos; });
  };
  CHECK(count(" over capacity ") == 10);
  CHECK(count(" 80 ready ") == 505);
  CHECK(count(" not ready ") == 495);
}

}  // namespace
}  // namespace k8sm::endpoints
