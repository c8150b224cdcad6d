#include "controller/program/number_texts.h"

#include "test/support/catch.h"

#include <chrono>

namespace k8sm::controller {
namespace {

TEST_CASE("CountText separates thousands, and uses the plural for all numbers but one") {
  CHECK(CountText(0, "pod") == "0 pods");
  CHECK(CountText(1, "pod") == "1 pod");
  CHECK(CountText(2, "pod") == "2 pods");
  CHECK(CountText(999, "pod") == "999 pods");
  CHECK(CountText(1'000, "service") == "1,000 services");
  CHECK(CountText(20'000, "service") == "20,000 services");
  CHECK(CountText(123'456, "pod") == "123,456 pods");
  CHECK(CountText(1'234'567, "pod") == "1,234,567 pods");
}

TEST_CASE("TimeText uses milliseconds below a second and tenths of seconds above") {
  using std::chrono::duration;
  CHECK(TimeText(duration<double>(0)) == "0 ms");
  CHECK(TimeText(duration<double>(0.0124)) == "12 ms");
  CHECK(TimeText(duration<double>(0.0126)) == "13 ms");
  CHECK(TimeText(duration<double>(0.999)) == "999 ms");
  CHECK(TimeText(duration<double>(0.9996)) == "1.0 s");
  CHECK(TimeText(duration<double>(1)) == "1.0 s");
  CHECK(TimeText(duration<double>(1.54)) == "1.5 s");
  CHECK(TimeText(duration<double>(75)) == "75.0 s");
}

}  // namespace
}  // namespace k8sm::controller
