#include "lib/client/rate_limiter.h"

#include "test/support/catch.h"

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const TokenBucket::TimePoint kStart{std::chrono::hours(1)};

TEST_CASE("a token bucket admits its burst at once and delays further requests according to its rate") {
  TokenBucket bucket(10, 3);
  for (int i = 0; i < 3; ++i) CHECK(bucket.Reserve(kStart) == nanoseconds(0));
  CHECK(bucket.Reserve(kStart) == milliseconds(100));
  CHECK(bucket.Reserve(kStart) == milliseconds(200));
}

TEST_CASE("a token bucket refills over time up to its burst") {
  TokenBucket bucket(2, 2);
  bucket.Reserve(kStart);
  bucket.Reserve(kStart);
  CHECK(bucket.Reserve(kStart + milliseconds(500)) == nanoseconds(0));
  CHECK(bucket.Reserve(kStart + milliseconds(500)) == milliseconds(500));
  const auto later = kStart + seconds(3600);
  CHECK(bucket.Reserve(later) == nanoseconds(0));
  CHECK(bucket.Reserve(later) == nanoseconds(0));
  CHECK(bucket.Reserve(later) == milliseconds(500));
}

TEST_CASE("a rate of 0 limits nothing") {
  TokenBucket bucket(0, 1);
  for (int i = 0; i < 1000; ++i) REQUIRE(bucket.Reserve(kStart) == nanoseconds(0));
}

TEST_CASE("GiveBack returns a token for the next request") {
  TokenBucket bucket(1, 1);
  const TokenBucket::TimePoint now{};
  CHECK(bucket.Reserve(now) == std::chrono::seconds(0));
  CHECK(bucket.Reserve(now) == std::chrono::seconds(1));
  bucket.GiveBack();
  CHECK(bucket.Reserve(now) == std::chrono::seconds(1));
}

TEST_CASE("GiveBack does not fill a bucket above its burst") {
  TokenBucket bucket(1, 1);
  CHECK(bucket.Reserve(kStart) == seconds(0));
  bucket.GiveBack();
  bucket.GiveBack();
  CHECK(bucket.Reserve(kStart) == seconds(0));
  CHECK(bucket.Reserve(kStart) == seconds(1));
}

}  // namespace
}  // namespace k8sm::client
