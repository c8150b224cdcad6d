#include "controller/access/review_cache.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>

namespace k8sm::controller {
namespace {

using std::chrono::seconds;

const ReviewCache::TimePoint kStart{std::chrono::hours(1)};

TEST_CASE("a result is cached until it expires") {
  ReviewCache cache(10, seconds(10));
  CHECK(cache.Find("a", kStart) == nullptr);
  cache.Put("a", {.granted = true, .user = {}, .reason = "r"}, kStart);
  REQUIRE(cache.Find("a", kStart + seconds(9)) != nullptr);
  CHECK(cache.Find("a", kStart + seconds(9))->reason == "r");
  CHECK(cache.Find("b", kStart + seconds(9)) == nullptr);
  CHECK(cache.Find("a", kStart + seconds(10)) == nullptr);
  CHECK(cache.size() == 0);
}

TEST_CASE("a later result replaces the earlier one and has its own expiry") {
  ReviewCache cache(10, seconds(10));
  cache.Put("a", {.granted = true, .user = {}, .reason = {}}, kStart);
  cache.Put("b", {.granted = true, .user = {}, .reason = {}}, kStart + seconds(1));
  cache.Put("a", {.granted = false, .user = {}, .reason = {}}, kStart + seconds(5));
  CHECK(cache.size() == 2);
  CHECK(cache.Find("b", kStart + seconds(12)) == nullptr);
  REQUIRE(cache.Find("a", kStart + seconds(12)) != nullptr);
  CHECK_FALSE(cache.Find("a", kStart + seconds(12))->granted);
}

TEST_CASE("a key whose result is replaced repeatedly has one entry, with the last result") {
  ReviewCache cache(3, seconds(10));
  for (int i = 0; i < 9; ++i) {
    cache.Put(std::to_string(i % 2), {.granted = false, .user = {}, .reason = std::to_string(i)}, kStart);
    cache.Put("other", {}, kStart);
  }
  CHECK(cache.size() == 3);
  REQUIRE((cache.Find("0", kStart) != nullptr && cache.Find("1", kStart) != nullptr));
  CHECK(cache.Find("0", kStart)->reason == "8");
  CHECK(cache.Find("1", kStart)->reason == "7");
}

TEST_CASE("adding a result evicts those that have expired") {
  ReviewCache cache(10, seconds(10));
  cache.Put("a", {}, kStart);
  cache.Put("b", {}, kStart);
  cache.Put("c", {}, kStart + seconds(10));
  CHECK(cache.size() == 1);
}

TEST_CASE("a full cache evicts its oldest result and never grows beyond its limit") {
  ReviewCache cache(3, seconds(10));
  for (int i = 0; i < 1000; ++i) {
    cache.Put(std::to_string(i), {}, kStart);
    CHECK(cache.size() <= 3);
  }
  CHECK(cache.Find("996", kStart) == nullptr);
  CHECK(cache.Find("997", kStart) != nullptr);
  CHECK(cache.Find("999", kStart) != nullptr);
}

}  // namespace
}  // namespace k8sm::controller
