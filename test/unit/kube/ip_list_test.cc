#include "lib/kube/ip_list.h"

#include "test/support/catch.h"

namespace k8sm::kube {
namespace {

TEST_CASE("an IpList holds addresses of both families in their order", "[kube]") {
  IpList ips;
  CHECK(ips.empty());
  CHECK(ips.begin() == ips.end());
  ips.push_back(Symbol("10.0.0.1"));
  ips.push_back(Symbol("fd00::1"));
  REQUIRE(ips.size() == 2);
  CHECK(ips.front() == Symbol("10.0.0.1"));
  CHECK(ips.begin()[1] == Symbol("fd00::1"));
  CHECK(ips == IpList{Symbol("10.0.0.1"), Symbol("fd00::1")});
  ips.clear();
  CHECK(ips == IpList());
}

TEST_CASE("an IpList drops a third address, since there are only two families", "[kube]") {
  const IpList ips{Symbol("10.0.0.1"), Symbol("fd00::1"), Symbol("10.0.0.2")};
  CHECK(ips == IpList{Symbol("10.0.0.1"), Symbol("fd00::1")});
}

}  // namespace
}  // namespace k8sm::kube
