#include "lib/kube/micro_time.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::kube {
namespace {

TEST_CASE("a MicroTime is written as it was read") {
  for (const std::string text :
       {"2026-11-22T10:34:21.000000Z", "2026-11-22T10:34:21.000001Z", "2026-11-22T10:34:21.120000Z",
        "2000-02-29T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"}) {
    const auto time = ParseMicroTime(text);
    REQUIRE(time.has_value());
    CHECK(FormatMicroTime(*time) == text);
  }
}

TEST_CASE("a MicroTime with a fraction of another length is truncated or padded to six digits") {
  CHECK(FormatMicroTime(ParseMicroTime("2026-11-22T10:34:21Z").value()) == "2026-11-22T10:34:21.000000Z");
  CHECK(FormatMicroTime(ParseMicroTime("2026-11-22T10:34:21.5Z").value()) == "2026-11-22T10:34:21.500000Z");
  CHECK(FormatMicroTime(ParseMicroTime("2026-11-22T10:34:21.123456789Z").value()) ==
        "2026-11-22T10:34:21.123456Z");
  CHECK(FormatMicroTime(ParseMicroTime("2026-11-22T10:34:21.25+05:30").value()) ==
        "2026-11-22T05:04:21.250000Z");
}

TEST_CASE("text that is not a MicroTime is refused") {
  for (const std::string text : {"", "now", "2026-11-22T10:34:21.Z", "2026-11-22T10:34:21.12x4Z"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseMicroTime(text).has_value());
  }
}

}  // namespace
}  // namespace k8sm::kube
