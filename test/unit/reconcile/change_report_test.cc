#include "controller/reconcile/change_report.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::controller {
namespace {

using kube::EndpointAddress;
using kube::EndpointPort;
using kube::Endpoints;
using kube::EndpointSubset;
using kube::Protocol;
using kube::Symbol;
using kube::Uid;

EndpointAddress Address(const char* ip, const char* pod) {
  EndpointAddress address{.ip = Symbol(ip)};
  address.target_ref =
      kube::ObjectReference{Symbol("Pod"), Symbol("shop"), Symbol(pod), Uid(std::string(pod) + "-uid")};
  return address;
}

EndpointSubset Ready(EndpointAddress address, std::int32_t port) {
  return {.addresses = {std::move(address)}, .ports = {EndpointPort{.port = port}}};
}

EndpointSubset NotReady(EndpointAddress address, std::int32_t port) {
  return {.not_ready_addresses = {std::move(address)}, .ports = {EndpointPort{.port = port}}};
}

Endpoints With(std::vector<EndpointSubset> subsets) {
  Endpoints endpoints;
  endpoints.meta.ns = Symbol("shop");
  endpoints.meta.name = Symbol("web");
  endpoints.subsets = std::move(subsets);
  return endpoints;
}

TEST_CASE("a creation reports every address as added") {
  const Endpoints after =
      With({Ready(Address("10.0.0.1", "a"), 31080), NotReady(Address("fd00::1", "b"), 31081)});
  const ChangeReport report = DescribeChange(nullptr, &after);
  CHECK(report.text ==
        "create shop/web\n"
        "  + pod shop/a: 10.0.0.1:31080/TCP\n"
        "  + pod shop/b: [fd00::1]:31081/TCP (not ready)\n");
  CHECK(report.counts.added == 2);
}

TEST_CASE("a change report has each change of an address with its type, pod, places and readiness") {
  const Endpoints before =
      With({Ready(Address("10.0.0.1", "a"), 31080), Ready(Address("10.0.0.2", "b"), 31080),
            Ready(Address("10.0.0.3", "c"), 31080)});
  Endpoints after = With({Ready(Address("10.0.0.9", "a"), 31080), NotReady(Address("10.0.0.2", "b"), 31080),
                          Ready({.ip = Symbol("10.0.0.4")}, 31080)});
  const ChangeReport report = DescribeChange(&before, &after);
  std::string text;
  for (const AddressChange& each : report.addresses) {
    text += std::to_string(static_cast<int>(each.type)) + " " + each.pod + " " + each.from + " > " + each.to +
            (each.ready ? " ready\n" : "\n");
  }
  CHECK(text ==
        "2 shop/a 10.0.0.1:31080/TCP > 10.0.0.9:31080/TCP ready\n"
        "3 shop/b 10.0.0.2:31080/TCP > 10.0.0.2:31080/TCP\n"
        "1 shop/c 10.0.0.3:31080/TCP >  ready\n"
        "0   > 10.0.0.4:31080/TCP ready\n");
}

TEST_CASE("a deletion reports every address as removed") {
  const Endpoints before = With({Ready(Address("10.0.0.1", "a"), 31080)});
  const ChangeReport report = DescribeChange(&before, nullptr);
  CHECK(report.text ==
        "delete shop/web\n"
        "  - pod shop/a: 10.0.0.1:31080/TCP\n");
  CHECK(report.counts.removed == 1);
}

TEST_CASE("a pod at a new address is reported as moved") {
  const Endpoints before =
      With({Ready(Address("172.17.0.4", "a"), 6379), Ready(Address("172.17.0.5", "b"), 6379)});
  const Endpoints after =
      With({Ready(Address("10.0.0.1", "a"), 31020), Ready(Address("172.17.0.5", "b"), 6379)});
  const ChangeReport report = DescribeChange(&before, &after);
  CHECK(report.text ==
        "update shop/web\n"
        "  ~ pod shop/a: 172.17.0.4:6379/TCP -> 10.0.0.1:31020/TCP\n");
  CHECK(report.counts.moved == 1);
  CHECK(report.counts.added == 0);
}

TEST_CASE("a change of readiness only is reported as such") {
  const Endpoints before = With({Ready(Address("10.0.0.1", "a"), 31080)});
  const Endpoints after = With({NotReady(Address("10.0.0.1", "a"), 31080)});
  CHECK(DescribeChange(&before, &after).text ==
        "update shop/web\n"
        "  ~ pod shop/a: 10.0.0.1:31080/TCP is no longer ready\n");
  CHECK(DescribeChange(&after, &before).counts.toggled == 1);
}

TEST_CASE("a named port is reported with its name, and an address without a pod by itself") {
  EndpointSubset subset{.addresses = {EndpointAddress{.ip = Symbol("192.0.2.7")}},
                        .ports = {EndpointPort{Symbol("dns"), 53, Protocol::kUdp, {}}}};
  const Endpoints after = With({subset});
  CHECK(DescribeChange(nullptr, &after).text ==
        "create shop/web\n"
        "  + address 192.0.2.7 port dns: 192.0.2.7:53/UDP\n");
}

TEST_CASE("an address that is ready again is reported as such, and a moved one with whether it is ready") {
  const Endpoints before =
      With({NotReady(Address("10.0.0.1", "a"), 31080), Ready(Address("10.0.0.2", "b"), 31080)});
  const Endpoints after =
      With({Ready(Address("10.0.0.1", "a"), 31080), NotReady(Address("10.0.0.3", "b"), 31080)});
  const ChangeReport report = DescribeChange(&before, &after);
  CHECK(report.text ==
        "update shop/web\n"
        "  ~ pod shop/a: 10.0.0.1:31080/TCP is ready\n"
        "  ~ pod shop/b: 10.0.0.2:31080/TCP -> 10.0.0.3:31080/TCP (not ready)\n");
  CHECK(report.counts.toggled == 1);
  CHECK(report.counts.moved == 1);
  CHECK(report.counts.added + report.counts.removed == 0);
}

TEST_CASE("addresses without ports are reported by their IPs") {
  const EndpointSubset subset{.addresses = {Address("10.0.0.1", "a")},
                              .not_ready_addresses = {Address("10.0.0.2", "b")}};
  const Endpoints after = With({subset});
  const ChangeReport report = DescribeChange(nullptr, &after);
  CHECK(report.text == "create shop/web\n  + pod shop/a: 10.0.0.1\n  + pod shop/b: 10.0.0.2 (not ready)\n");
  CHECK(report.counts.added == 2);
  REQUIRE(report.addresses.size() == 2);
  CHECK(report.addresses[1].port.empty());
  CHECK(report.addresses[1].to == "10.0.0.2");
}

TEST_CASE("for a pod with several addresses, those that stay are not reported") {
  const auto of_a = [](const std::vector<const char*>& ips) {
    std::vector<EndpointSubset> subsets;
    for (const char* ip : ips) subsets.push_back(Ready(Address(ip, "a"), 31080));
    return With(subsets);
  };
  const Endpoints before = of_a({"10.0.0.1", "10.0.0.2"});
  const Endpoints after = of_a({"10.0.0.1", "10.0.0.3"});
  const ChangeReport report = DescribeChange(&before, &after);
  CHECK(report.text ==
        "update shop/web\n"
        "  - pod shop/a: 10.0.0.2:31080/TCP\n"
        "  + pod shop/a: 10.0.0.3:31080/TCP\n");
  CHECK(report.counts.added == 1);
  CHECK(report.counts.removed == 1);
  CHECK(report.addresses.size() == 2);
}

TEST_CASE("changed labels are reported") {
  const Endpoints before = With({});
  Endpoints after = before;
  after.meta.labels.Set(Symbol("team"), Symbol("blue"));
  CHECK(DescribeChange(&before, &after).text == "update shop/web\n  ~ labels\n");
}

TEST_CASE("references with fields that are removed are reported") {
  const Endpoints after = With({Ready(Address("10.0.0.1", "a"), 31080)});
  Endpoints before = after;
  before.exact = false;
  CHECK(DescribeChange(&before, &after).text == "update shop/web\n  ~ targetRefs\n");
}

TEST_CASE("changed container port annotations are reported, and other annotations are not") {
  const Endpoints before = With({});
  Endpoints after = before;
  after.meta.annotations.Set(Symbol("endpoints.kubernetes.io/last-change-trigger-time"), Symbol("x"));
  CHECK(DescribeChange(&before, &after).text == "update shop/web\n");
  after.meta.annotations.Set(Symbol("k8s.mesosphere.io/containerPort_TCP_10.0.0.1_31080"), Symbol("80"));
  CHECK(DescribeChange(&before, &after).text == "update shop/web\n  ~ annotations of container ports\n");
}

TEST_CASE("a changed slice is reported with its former number of endpoints if that changes") {
  kube::EndpointSlice before;
  before.meta.ns = Symbol("shop");
  before.meta.name = Symbol("web-1");
  before.family = kube::IpFamily::kIPv4;
  before.ports = {EndpointPort{.port = 31080}};
  before.endpoints = {{.address = Symbol("10.0.0.1")}};
  kube::EndpointSlice after = before;
  after.endpoints[0].ready = true;
  CHECK(DescribeChange(&before, &after).text ==
        "update slice shop/web-1 IPv4 31080/TCP: 1 endpoint at 10.0.0.1\n");
  after.endpoints.push_back({.address = Symbol("10.0.0.2")});
  CHECK(DescribeChange(&before, &after).text ==
        "update slice shop/web-1 IPv4 31080/TCP: 2 endpoints at 10.0.0.1, 10.0.0.2, was 1 endpoint\n");
}

TEST_CASE("a slice is reported with its family, all its ports and the first three of its endpoints") {
  kube::EndpointSlice slice;
  slice.meta.ns = Symbol("shop");
  slice.generate_name = "web-";
  slice.family = kube::IpFamily::kIPv6;
  slice.ports = {EndpointPort{.port = 31080}, EndpointPort{.port = 53, .protocol = Protocol::kUdp}};
  for (const char* ip : {"fd00::1", "fd00::2", "fd00::3"}) slice.endpoints.push_back({.address = Symbol(ip)});
  CHECK(DescribeChange(nullptr, &slice).text ==
        "create slice shop/web-* IPv6 31080/TCP, 53/UDP: 3 endpoints at fd00::1, fd00::2, fd00::3\n");
  slice.endpoints.push_back({.address = Symbol("fd00::4")});
  slice.meta.name = Symbol("web-1");
  slice.family.reset();
  slice.ports.clear();
  CHECK(DescribeChange(&slice, &slice).text ==
        "update slice shop/web-1 FQDN: 4 endpoints at fd00::1, fd00::2, fd00::3 and others\n");
  kube::EndpointSlice empty = slice;
  empty.endpoints.clear();
  CHECK(DescribeChange(&slice, &empty).text ==
        "update slice shop/web-1 FQDN: 0 endpoints, was 4 endpoints\n");
  CHECK(DescribeChange(&slice, nullptr).text == "delete slice shop/web-1\n");
}

}  // namespace
}  // namespace k8sm::controller
