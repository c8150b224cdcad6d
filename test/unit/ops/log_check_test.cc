#include "controller/ops/log_check.h"

#include "test/support/catch.h"

namespace k8sm::controller {
namespace {

using std::chrono::seconds;

TEST_CASE("the log is ill when it has taken nothing for more than two minutes") {
  bool takes = true;
  LogCheck check([&] { return takes; });
  const auto at = [](int time) { return LogCheck::TimePoint(seconds(1'000 + time)); };
  CHECK_FALSE(check.Failure(at(0)).has_value());
  takes = false;
  CHECK_FALSE(check.Failure(at(10)).has_value());
  CHECK_FALSE(check.Failure(at(130)).has_value());
  CHECK(check.Failure(at(131)).has_value());
  takes = true;
  CHECK_FALSE(check.Failure(at(132)).has_value());
  takes = false;
  CHECK_FALSE(check.Failure(at(140)).has_value());
}

}  // namespace
}  // namespace k8sm::controller
