#include "lib/base/backoff.h"

#include "test/support/catch.h"

namespace k8sm {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a backoff doubles up to its maximum and starts over after a reset") {
  Backoff backoff({.initial = milliseconds(800), .max = milliseconds(3000)});
  CHECK(backoff.Next() == milliseconds(800));
  CHECK(backoff.Next() == milliseconds(1600));
  CHECK(backoff.Next() == milliseconds(3000));
  CHECK(backoff.Next() == milliseconds(3000));
  backoff.Reset();
  CHECK(backoff.Next() == milliseconds(800));
}

TEST_CASE("a backoff with an initial delay above its maximum starts at the maximum") {
  Backoff backoff({.initial = milliseconds(5000), .max = milliseconds(3000)});
  CHECK(backoff.Next() == milliseconds(3000));
  CHECK(backoff.Next() == milliseconds(3000));
}

TEST_CASE("jitter stretches a delay and never shortens it") {
  Backoff backoff({.initial = milliseconds(1000), .max = milliseconds(1000), .jitter = 1.0});
  CHECK(backoff.Next(0.0) == milliseconds(1000));
  CHECK(backoff.Next(0.5) == milliseconds(1500));
  CHECK(backoff.Next(0.999) == milliseconds(1999));
}

}  // namespace
}  // namespace k8sm
