#include "lib/client/api_path.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::client {
namespace {

TEST_CASE("CollectionPath and ObjectPath give the paths of the Kubernetes API") {
  CHECK(CollectionPath(kPods, "") == "/api/v1/pods");
  CHECK(CollectionPath(kServices, "default") == "/api/v1/namespaces/default/services");
  CHECK(CollectionPath(kEndpointSlices, "a") == "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices");
  CHECK(ObjectPath(kEndpoints, "default", "web") == "/api/v1/namespaces/default/endpoints/web");
  CHECK(ObjectPath(kNodes, "", "node-1") == "/api/v1/nodes/node-1");
}

TEST_CASE("a name is percent-encoded, so that it stays within its path segment") {
  CHECK(ObjectPath(kPods, "a/b", "..?x#y z") == "/api/v1/namespaces/a%2Fb/pods/..%3Fx%23y%20z");
  CHECK(PercentEncode("azAZ09-._~") == "azAZ09-._~");
  CHECK(PercentEncode(std::string("\0\r\n\xff", 4)) == "%00%0D%0A%FF");
}

TEST_CASE("QueryBuilder keeps the parameters in order and percent-encodes their values") {
  CHECK(QueryBuilder().text().empty());
  CHECK(QueryBuilder().Add("limit", "500").Add("continue", "a+b/c==").text() ==
        "?limit=500&continue=a%2Bb%2Fc%3D%3D");
}

}  // namespace
}  // namespace k8sm::client
