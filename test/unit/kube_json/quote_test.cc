#include "lib/kube_json/quote.h"

#include "test/support/catch.h"

namespace k8sm::kube_json {
namespace {

TEST_CASE("a text is quoted as JSON asks") {
  CHECK(Quote("") == "\"\"");
  CHECK(Quote("shop/web") == "\"shop/web\"");
  CHECK(Quote("a \"b\" \\ \n\x01") == "\"a \\\"b\\\" \\\\ \\n\\u0001\"");
}

}  // namespace
}  // namespace k8sm::kube_json
