#include "lib/kube/ip_address.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

TEST_CASE("FamilyOf counts an IPv4-mapped IPv6 address as IPv4, and gives no family for other text") {
  CHECK(FamilyOf("10.0.0.1") == IpFamily::kIPv4);
  CHECK(FamilyOf("fd00:10::1") == IpFamily::kIPv6);
  CHECK(FamilyOf("::ffff:10.0.0.1") == IpFamily::kIPv4);
  for (const std::string text : {"", "10.0.0", "10.0.0.256", "node-1", "fd00::/64", "10.0.0.1:80"}) {
    CAPTURE(text);
    CHECK_FALSE(FamilyOf(text).has_value());
  }
}

TEST_CASE("WhyNotAnEndpoint names why the API server would refuse an address in endpoints") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"10.0.0.1", ""},
      {"192.0.2.7", ""},
      {"fd00:10::1", ""},
      {"2001:db8::1", ""},
      {"0.0.0.0", "unspecified"},
      {"::", "unspecified"},
      {"127.0.0.1", "loopback"},
      {"127.9.9.9", "loopback"},
      {"::1", "loopback"},
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:0.0.0.0", "unspecified"},
      {"::ffff:10.0.0.1", "an IPv4-mapped IPv6 address"},
      {"::ffff:a00:1", "an IPv4-mapped IPv6 address"},
      {"169.254.1.1", "link-local"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", ""},
      {"224.0.0.1", "multicast"},
      {"239.1.2.3", "multicast"},
      {"ff02::1", "multicast"},
      {"localhost", "not an IP address"},
      {"", "not an IP address"},
      {"010.0.0.1", "not an IP address"},
      {"fe80::1%eth0", "not an IP address"},
      {std::string("10.0.0.1\0", 9), "not an IP address"},
  };
  for (const auto& [address, why] : cases) {
    CAPTURE(address);
    CHECK(WhyNotAnEndpoint(address) == why);
  }
}

TEST_CASE("an IP address has one canonical form, and other text is left as it is") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"fd00:10::1", "fd00:10::1"},
      {"FD00:10::A", "fd00:10::a"},
      {"fd00:10::0:c", "fd00:10::c"},
      {"fd00:0010:0:0:0:0:0:1", "fd00:10::1"},
      {"fd00:0:0:1:0:0:0:1", "fd00:0:0:1::1"},
      {"fd00::1:0:2:3:4:5", "fd00:0:1:0:2:3:4:5"},
      {"10.0.0.1", "10.0.0.1"},
      {"::ffff:10.0.0.1", "::ffff:10.0.0.1"},
      {"localhost", "localhost"},
      {"", ""},
  };
  for (const auto& [address, canonical] : cases) {
    CAPTURE(address);
    CHECK(CanonicalAddress(address) == canonical);
    CHECK(CanonicalAddress(canonical) == canonical);
  }
}

}  // namespace
}  // namespace k8sm::kube
