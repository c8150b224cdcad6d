#include "lib/base/duration.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm {
namespace {

using std::chrono::milliseconds;

TEST_CASE("ParseDuration reads durations in the format of Go") {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"0", 0},          {"0s", 0},           {"500ms", 500},  {"10s", 10'000},
      {"1m30s", 90'000}, {"12h", 43'200'000}, {"1.5s", 1'500}, {"1h0m0.25s", 3'600'250},
      {"2500us", 3},     {".5s", 500},
  };
  for (const auto& [text, ms] : cases) {
    CAPTURE(text);
    const auto duration = ParseDuration(text);
    REQUIRE(duration.has_value());
    CHECK(duration->count() == ms);
  }
}

TEST_CASE("ParseDuration refuses any other text with examples of valid durations") {
  for (const std::string text :
       {"", "10", "s", "10 s", "-1s", "-0s", "1d", "1e3s", "nan", "infs", "1s2", "99999999h"}) {
    CAPTURE(text);
    const auto duration = ParseDuration(text);
    REQUIRE(duration.has_error());
    CHECK(duration.error().code == Errc::kInvalidConfig);
    CHECK(duration.error().message ==
          "\"" + text + "\" is not a duration; write it as 500ms, 10s, 1m30s or 12h");
  }
}

TEST_CASE("ParseDuration reads what FormatDuration writes") {
  for (const std::int64_t ms : {0, 1, 999, 1000, 1500, 61'000, 90'000, 3'600'000, 43'200'000, 3'661'001}) {
    CAPTURE(ms);
    CHECK(ParseDuration(FormatDuration(milliseconds(ms))).value() == milliseconds(ms));
  }
  CHECK(FormatDuration(milliseconds(43'200'000)) == "12h0m0s");
  CHECK(FormatDuration(milliseconds(90'000)) == "1m30s");
  CHECK(FormatDuration(milliseconds(0)) == "0s");
  CHECK(FormatDuration(milliseconds(999)) == "999ms");
  CHECK(FormatDuration(milliseconds(1'500)) == "1.5s");
  CHECK(FormatDuration(milliseconds(3'601'020)) == "1h0m1.02s");
}

}  // namespace
}  // namespace k8sm
