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

TEST_CASE("a page of many steps takes a tenth of the time, however long it is") {
  PagePace pace;
  for (int i = 1; i <= 10'000; ++i) pace.Made(kStart + milliseconds(i), milliseconds(1));
  CHECK(pace.Rest(kStart + seconds(10)) == seconds(90));
}

TEST_CASE("a step that seems to have taken hours, since the process was suspended, counts as a second") {
  PagePace pace;
  const auto end = kStart + std::chrono::hours(5);
  pace.Made(end, std::chrono::hours(5));
  CHECK(pace.Rest(end) == seconds(9));
}

}  // namespace
}  // namespace k8sm::http_server
