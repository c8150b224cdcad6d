#include "lib/kube/object_meta.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::kube {
namespace {

TEST_CASE("object keys are ordered and written by namespace, then by name") {
  const ObjectKey a{Symbol("blue"), Symbol("web")};
  const ObjectKey b{Symbol("green"), Symbol("db")};
  CHECK(a < b);
  CHECK_FALSE(b < a);
  CHECK(ToString(a) == "blue/web");
  CHECK(ToString(ObjectKey{Symbol(""), Symbol("node-1")}) == "node-1");
  CHECK(ToString(ObjectKey{Symbol("a\nb"), Symbol(std::string(301, 'x'))}) ==
        "a\\nb/" + std::string(297, 'x') + "...");
}

TEST_CASE("equal object keys have equal hashes, and swapping namespace and name changes the hash") {
  const ObjectKey key{Symbol("blue"), Symbol("web")};
  const ObjectKey same{Symbol("blue"), Symbol("web")};
  const ObjectKey swapped{Symbol("web"), Symbol("blue")};
  const ObjectKeyHash hash;
  CHECK(hash(key) == hash(same));
  CHECK(hash(key) != hash(swapped));
}

}  // namespace
}  // namespace k8sm::kube
