#include "lib/kube/timestamp.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::kube {
namespace {

TEST_CASE("a timestamp is written as it was read") {
  for (const std::string text : {"2026-11-22T10:34:21Z", "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z"}) {
    const auto time = ParseTimestamp(text);
    REQUIRE(time.has_value());
    CHECK(FormatTimestamp(*time) == text);
  }
  CHECK(ParseTimestamp("1970-01-02T00:00:01Z")->time_since_epoch().count() == 86401);
}

TEST_CASE("time zone offsets are converted to UTC, and fractions of a second are dropped") {
  CHECK(FormatTimestamp(ParseTimestamp("2026-11-22T10:34:21.999999Z").value()) == "2026-11-22T10:34:21Z");
  CHECK(FormatTimestamp(ParseTimestamp("2026-11-22T10:34:21+05:30").value()) == "2026-11-22T05:04:21Z");
  CHECK(FormatTimestamp(ParseTimestamp("2026-11-22T22:34:21-02:00").value()) == "2026-11-23T00:34:21Z");
}

TEST_CASE("a leap second is the first of the next minute") {
  CHECK(FormatTimestamp(ParseTimestamp("2016-12-31T23:59:60Z").value()) == "2017-01-01T00:00:00Z");
  CHECK_FALSE(ParseTimestamp("2016-12-31T23:59:61Z").has_value());
}

TEST_CASE("text that is not a timestamp is refused") {
  for (const std::string text : {"", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                                 "2026-11-22T24:00:00Z", "2026-11-22T10:34:21", "2026-11-22T10:34:21.Z",
                                 "2026-11-22T10:34:21Zjunk", "26-11-22T10:34:21Z", "yesterday"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseTimestamp(text).has_value());
  }
}

TEST_CASE("OptionalTimestamp is as small as a Timestamp and behaves like std::optional") {
  STATIC_REQUIRE(sizeof(OptionalTimestamp) == sizeof(Timestamp));
  const std::optional<Timestamp> none;
  const std::optional<Timestamp> epoch = Timestamp();
  for (const std::optional<Timestamp>& time : {none, epoch}) {
    OptionalTimestamp optional = time;
    CHECK(optional.has_value() == time.has_value());
    CHECK(optional == time);
    CHECK(std::optional<Timestamp>(optional) == time);
    optional.reset();
    CHECK_FALSE(optional);
  }
  CHECK(OptionalTimestamp() != epoch);
  CHECK(OptionalTimestamp(epoch) != none);
  CHECK(*OptionalTimestamp(Timestamp(std::chrono::seconds(1))) > *epoch);
}

}  // namespace
}  // namespace k8sm::kube
