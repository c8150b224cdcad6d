#include "lib/base/host_port.h"

#include "test/support/catch.h"

namespace k8sm {
namespace {

TEST_CASE("HostPort and BracketedHost put an IPv6 address in brackets") {
  CHECK(HostPort("api.example.com", 443) == "api.example.com:443");
  CHECK(HostPort("10.0.0.1", 65535) == "10.0.0.1:65535");
  CHECK(HostPort("fd00::1", 6443) == "[fd00::1]:6443");
  CHECK(BracketedHost("::") == "[::]");
  CHECK(BracketedHost("localhost") == "localhost");
}

}  // namespace
}  // namespace k8sm
