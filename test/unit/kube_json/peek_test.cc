#include "lib/kube_json/peek.h"

#include "lib/kube/object_meta.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

const std::string kMeta =
    R"("metadata":{"name":"web","namespace":"shop","uid":"u-1","resourceVersion":"42","labels":{"name":"x"}})";
const std::string kObject = R"({"kind":"Endpoints","apiVersion":"v1",)" + kMeta + R"(,"subsets":[]})";

bool IsTheObject(const kube::ObjectVersion& version) {
  return version.ns == "shop" && version.name == "web" && version.uid == "u-1" &&
         version.resource_version == "42";
}

TEST_CASE("PeekVersion reads the version of an object from its metadata alone") {
  for (
      const std::string& json :
      {kObject, "{" + kMeta + ",\"subsets\":[[[ what is not JSON",
       R"({"metadata2":{"name":"no"},"list":[{"metadata":{"name":"no"}},[1,{}]],"number":-0e-99,)" + kMeta +
           "}",
       R"({"other":{"metadata":{"name":"no"},"name":"no"},)" + kMeta + "}",
       std::string(
           R"({"metadata":{"owner":{"name":"no","uid":"no"},"names":["no"],"name":"web","creationTimestamp":null,)") +
           R"("finalizers":[{"uid":"no"}],"namespace":"shop","resourceVersion":"42","generation":1,"uid":"u-1"}})"}) {
    CAPTURE(json);
    const auto version = PeekVersion(json);
    REQUIRE(version);
    CHECK(IsTheObject(*version));
  }
}

TEST_CASE("PeekVersion gives nothing if the version is incomplete or too far from the beginning") {
  const std::string far = R"({"padding":")" + std::string(kPeekedBytes, 'x') + "\"," + kMeta + "}";
  const std::vector<std::string> none = {
      "",
      "null",
      "[]",
      "\"text\"",
      "{}",
      "[" + kObject + "]",
      R"({"metadata":7})",
      R"({"metadata":[{"name":"web","namespace":"shop","uid":"u-1","resourceVersion":"42"}]})",
      R"({"metadata":{"name":"web","namespace":"shop","uid":"u-1"},"resourceVersion":"42"})",
      R"({"metadata":{"name":"web","namespace":"shop","uid":"u-1","resourceVersion":42}})",
      R"({"metadata":{"name":"web","uid":"u-1","resourceVersion":"42"}})",
      R"({"metadata":{"name":"web","namespace":"shop","uid":"u-1","resourceV)",
      R"({"metadata":)" + std::string(1'500, '[') + "}",
      far,
      kMeta,
      R"({"type":"ADDED","object":)" + kObject + "}",
  };
  for (const std::string& json : none) {
    CAPTURE(json);
    CHECK_FALSE(PeekVersion(json));
  }
}

}  // namespace
}  // namespace k8sm::kube_json
