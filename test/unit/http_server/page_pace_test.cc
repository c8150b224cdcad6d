#include "lib/http_server/page_pace.h"

#include "test/support/catch.h"

#include <chrono>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const PagePace::Clock::time_point kStart{std::chrono::hours(1)};

TEST_CASE("a page that was never made may be made at once") {
  CHECK(PagePace().Rest(kStart) == seconds(0));
}

TEST_CASE("making a page takes at most a tenth of the time") {
  PagePace pace;
  pace.Made(kStart + milliseconds(50), milliseconds(50));
  CHECK(pace.Rest(kStart + milliseconds(50)) == milliseconds(450));
  CHECK(pace.Rest(kStart + milliseconds(499)) == milliseconds(1));
  CHECK(pace.Rest(kStart + milliseconds(500)) == milliseconds(0));
  CHECK(pace.Rest(kStart + seconds(100)) == milliseconds(0));
}

TEST_CASE("steps of a page add up, whatever the time between them") {
  PagePace pace;
  pace.Made(kStart + milliseconds(50), milliseconds(50));
  pace.Made(kStart + milliseconds(100), milliseconds(50));
  CHECK(pace.Rest(kStart + milliseconds(100)) == milliseconds(900));
  pace.Made(kStart + milliseconds(2001), milliseconds(1));
  CHECK(pace.Rest(kStart + milliseconds(2001)) == milliseconds(9));
}

TEST_CASE("a page that took hours, as if the process was frozen, rests no longer than kLongestRest") {
  PagePace pace;
  const auto end = kStart + std::chrono::hours(5);
  pace.Made(end, std::chrono::hours(5));
  CHECK(pace.Rest(end) == PagePace::kLongestRest);
}

}  // namespace
}  // namespace k8sm::http_server
