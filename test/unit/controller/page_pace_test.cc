#include "controller/page_pace.h"

#include "test/support/catch.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const PagePace::Clock::time_point kStart{std::chrono::hours(1)};

// How long who asks at kStart + `now` has to wait; nothing: has been refused.
std::optional<milliseconds> Wait(PagePace& pace, milliseconds now) {
  const auto turn = pace.Reserve(kStart + now);
  if (!turn) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(*turn - (kStart + now));
}

TEST_CASE("a page that was never made is made at once") {
  PagePace pace;
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(0));
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(0));
}

TEST_CASE("those that ask together have a page in turn for a tenth of the time") {
  PagePace pace;
  pace.Made(milliseconds(50));
  for (const int wait : {0, 500, 1000, 1500, 2000, 2500, 3000})
    CHECK(Wait(pace, milliseconds(0)) == milliseconds(wait));
  CHECK(Wait(pace, milliseconds(0)) == std::nullopt);
  CHECK(Wait(pace, milliseconds(400)) == std::nullopt);
  CHECK(Wait(pace, milliseconds(500)) == milliseconds(3000));
}

TEST_CASE("who asks rarely never waits") {
  PagePace pace;
  pace.Made(milliseconds(50));
  for (const int now : {0, 500, 5000, 5600}) CHECK(Wait(pace, milliseconds(now)) == milliseconds(0));
}

TEST_CASE("the pace follows how long the page takes") {
  PagePace pace;
  pace.Made(milliseconds(50));
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(0));
  pace.Made(milliseconds(1));
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(500));
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(510));
}

TEST_CASE("a page that took hours as the process was frozen is made again soon") {
  PagePace pace;
  pace.Made(std::chrono::hours(5));
  CHECK(Wait(pace, milliseconds(0)) == milliseconds(0));
  CHECK(Wait(pace, milliseconds(0)) == seconds(3));
  CHECK(Wait(pace, milliseconds(0)) == std::nullopt);
}

}  // namespace
}  // namespace k8sm::controller
