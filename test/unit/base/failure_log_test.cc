#include "lib/base/failure_log.h"

#include "test/support/catch.h"

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace k8sm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = LineBudget::TimePoint;

const Error kRefused{.code = Errc::kUnavailable, .message = "connection refused"};
const Error kDenied{.code = Errc::kForbidden, .message = "forbidden"};

TimePoint At(int s) {
  return TimePoint(std::chrono::hours(1)) + seconds(s);
}

// What is appended to a line that is logged; "-" for one that is suppressed.
std::string Said(const std::optional<std::string>& more) {
  return more.value_or("-");
}

TEST_CASE("a line budget suppresses further lines until the minute is over and then reports how many") {
  LineBudget budget(2);
  CHECK(Said(budget.Take(At(0))) == "");
  CHECK(Said(budget.Take(At(1))) == "");
  CHECK(Said(budget.Take(At(2))) == "-");
  CHECK(Said(budget.Take(At(59))) == "-");
  CHECK(Said(budget.Take(At(61))) == " (2 more times in the last 61 s)");
  CHECK(Said(budget.Take(At(62))) == "");
  CHECK(Said(budget.Take(At(63))) == "-");
  CHECK(Said(budget.Take(At(200))) == " (1 more time in the last 139 s)");
  CHECK(Said(budget.Take(At(300))) == "");
}

TEST_CASE("Summary reports suppressed lines after the minute, without another line") {
  LineBudget budget(1);
  CHECK(Said(budget.Summary(At(0))) == "-");
  budget.Take(At(0));
  CHECK(Said(budget.Summary(At(90))) == "-");
  budget.Take(At(100));
  budget.Take(At(101));
  CHECK(Said(budget.Summary(At(159))) == "-");
  CHECK(Said(budget.Summary(At(160))) == " (1 more time in the last 60 s)");
  CHECK(Said(budget.Summary(At(230))) == "-");
  CHECK(Said(budget.Take(At(231))) == "");
}

TEST_CASE("Summary takes no line of the minute that it begins") {
  LineBudget budget(1);
  budget.Take(At(0));
  budget.Take(At(1));
  CHECK(Said(budget.Summary(At(60))) == " (1 more time in the last 60 s)");
  CHECK(Said(budget.Take(At(61))) == "");
  CHECK(Said(budget.Take(At(62))) == "-");
}

TEST_CASE("a failure that lasts is logged once a minute, and its end once") {
  FailureLog log;
  CHECK_FALSE(log.OnSuccess());
  CHECK(Said(log.OnFailure(kRefused, At(0))) == "");
  CHECK(Said(log.OnFailure(kRefused, At(1))) == "-");
  CHECK(Said(log.OnFailure(kRefused, At(59))) == "-");
  CHECK(Said(log.OnFailure(kRefused, At(60))) == " (2 more times in the last 60 s)");
  REQUIRE(log.failure().has_value());
  CHECK(log.failure()->message == "connection refused");
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.failure().has_value());
  CHECK_FALSE(log.OnSuccess());
}

TEST_CASE("the end of a failure that was told is told, though it was held back since") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK_FALSE(log.OnFailure(kRefused, At(1)));
  CHECK(log.OnSuccess());
}

TEST_CASE("a failure with another Errc is logged at once") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnFailure(kDenied, At(1)));
  CHECK_FALSE(log.OnFailure(kRefused, At(2)));
  CHECK_FALSE(log.OnFailure(kDenied, At(3)));
}

TEST_CASE(
    "an operation that fails and succeeds alternately within a minute is logged once, and its recovery "
    "once") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(5)));
  CHECK_FALSE(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(9)));
}

TEST_CASE("an operation that fails every 12 seconds and succeeds in between logs two lines a minute") {
  FailureLog log;
  int lines = 0;
  for (int s = 0; s < 600; s += 12) {
    if (log.OnFailure(kRefused, At(s))) ++lines;
    if (log.OnSuccess()) ++lines;
  }
  CHECK(lines == 2 * 10);
  CHECK(Said(log.OnFailure(kRefused, At(600))) == " (4 more times in the last 60 s)");
}

TEST_CASE("of many names that fail alike five are logged a minute, and the rest is counted") {
  KeyedFailureLog log;
  std::vector<std::string> told;
  for (int i = 0; i < 1000; ++i) {
    if (log.OnFailure("service-" + std::to_string(i), kDenied, At(0))) told.push_back(std::to_string(i));
  }
  CHECK(told == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK(log.failing() == 1000);
  // A name that was logged gets only the first line of a minute, any other name any line that is left.
  CHECK(Said(log.OnFailure("service-0", kDenied, At(30))) == "-");
  CHECK(Said(log.OnFailure("service-9", kDenied, At(30))) == "-");
  CHECK(Said(log.OnFailure("service-0", kDenied, At(60))) == " (997 more times in the last 60 s)");
  CHECK(Said(log.OnFailure("service-1", kDenied, At(60))) == "-");
  CHECK(Said(log.OnFailure("service-9", kDenied, At(60))) == "");
}

TEST_CASE("a name that keeps failing is logged once a minute") {
  KeyedFailureLog log;
  CHECK(Said(log.OnFailure("web", kDenied, At(0))) == "");
  for (int s = 1; s < 60; ++s) CHECK(Said(log.OnFailure("web", kDenied, At(s))) == "-");
  CHECK(Said(log.OnFailure("web", kDenied, At(60))) == " (59 more times in the last 60 s)");
  CHECK(Said(log.OnSuccess("web", At(61))) == "");
  CHECK(Said(log.OnSuccess("web", At(62))) == "-");
}

TEST_CASE("a name that begins to fail is logged, however many others fail in another way") {
  KeyedFailureLog log;
  for (int i = 0; i < 100; ++i) log.OnFailure(std::to_string(i), kRefused, At(0));
  CHECK(Said(log.OnFailure("web", kDenied, At(1))) == "");
}

TEST_CASE("of many names that recover five are logged, and the last one with the number that had failed") {
  KeyedFailureLog log;
  for (int i = 0; i < 100; ++i) log.OnFailure(std::to_string(i), kRefused, At(0));
  int told = 0;
  for (int i = 0; i < 99; ++i) told += log.OnSuccess(std::to_string(i), At(1)).has_value() ? 1 : 0;
  CHECK(told == 5);
  CHECK(Said(log.OnSuccess("99", At(1))) == " (the last of 100 that had failed)");
  CHECK(log.failing() == 0);
}

TEST_CASE("a forgotten name no longer counts as failing") {
  KeyedFailureLog log;
  log.OnFailure("gone", kRefused, At(0));
  log.OnFailure("web", kRefused, At(0));
  log.Forget("gone");
  log.Forget("never heard of");
  CHECK(log.failing() == 1);
  CHECK(Said(log.OnSuccess("web", At(1))) == "");
}

TEST_CASE("what ended before the last is not tried any more counts no longer") {
  KeyedFailureLog log;
  for (const char* name : {"a", "b"}) log.OnFailure(name, kRefused, At(0));
  CHECK(Said(log.OnSuccess("a", At(1))) == "");
  log.Forget("b");
  log.OnFailure("c", kRefused, At(2));
  CHECK(Said(log.OnSuccess("c", At(3))) == "");
}

TEST_CASE("once all failing names are forgotten, a failure that was not logged has no logged recovery") {
  KeyedFailureLog log;
  for (int i = 0; i < 5; ++i) CHECK(log.OnFailure(std::to_string(i), kRefused, At(0)));
  for (int i = 0; i < 5; ++i) log.Forget(std::to_string(i));
  CHECK(log.failing() == 0);
  // The lines of this minute are used up, so that neither this failure nor its end is logged.
  CHECK_FALSE(log.OnFailure("web", kRefused, At(1)));
  CHECK_FALSE(log.OnSuccess("web", At(2)));
}

TEST_CASE("random failures and recoveries log a bounded number of lines a minute") {
  std::minstd_rand random(7);
  KeyedFailureLog log;
  std::size_t lines = 0;
  constexpr int kMinutes = 20;
  for (int i = 0; i < kMinutes * 6'000; ++i) {
    const TimePoint now = At(0) + milliseconds(10 * i);
    const std::string name = std::to_string(random() % 300);
    const auto more = random() % 2 == 0 ? log.OnFailure(name, random() % 2 == 0 ? kRefused : kDenied, now)
                                        : log.OnSuccess(name, now);
    lines += more ? 1 : 0;
  }
  // Five lines a minute for each of two kinds of failure and for the recoveries.
  CHECK(lines <= 15 * (kMinutes + 1));
}

std::size_t Lines(ComplaintLog& log, TimePoint now) {
  return log.Take(now).size();
}

TEST_CASE("a complaint is logged once") {
  ComplaintLog log;
  log.Add("Pod shop/a: no name");
  log.Add("Pod shop/b: no name");
  log.Add("Pod shop/a: no name");
  CHECK(log.Take(At(0)) == std::vector<std::string>{"Pod shop/a: no name", "Pod shop/b: no name"});
  log.Add("Pod shop/a: no name");
  CHECK(log.Take(At(100)).empty());
}

TEST_CASE("a complaint is logged again after ten thousand others") {
  ComplaintLog log;
  log.Add("first");
  CHECK(Lines(log, At(0)) == 1);
  for (int i = 1; i <= 10'000; ++i) {
    log.Add(std::to_string(i));
    if (i % 100 == 0) log.Take(At(i));
  }
  log.Add("first");
  std::string last;
  for (int minute = 0; minute < 20; ++minute) {
    for (const std::string& line : log.Take(At(20'000 + minute * 60))) last = line;
  }
  CHECK(last == "first");
}

TEST_CASE("many complaints at once are all logged, a hundred a minute, with the number that is left") {
  ComplaintLog log;
  for (int i = 0; i < 250; ++i) log.Add(std::to_string(i));
  const auto first = log.Take(At(0));
  REQUIRE(first.size() == 100);
  CHECK(first.front() == "0");
  CHECK(first[98] == "98");
  CHECK(first.back() == "99 (and 150 more, to be named in the next minutes)");
  CHECK(log.Take(At(59)).empty());
  const auto second = log.Take(At(60));
  REQUIRE(second.size() == 100);
  CHECK(second.front() == "100");
  CHECK(second.back() == "199 (and 50 more, to be named in the next minutes)");
  const auto third = log.Take(At(120));
  REQUIRE(third.size() == 50);
  CHECK(third.back() == "249");
  // Complaints of the same minute share its budget.
  for (int i = 0; i < 60; ++i) log.Add("later " + std::to_string(i));
  CHECK(Lines(log, At(121)) == 50);
  CHECK(Lines(log, At(180)) == 10);
}

TEST_CASE("complaints beyond a thousand queued ones are only counted, and are logged when they recur") {
  ComplaintLog log;
  for (int i = 0; i < 1'017; ++i) log.Add(std::to_string(i));
  CHECK(log.Take(At(0)).back() == "99 (and 900 more, to be named in the next minutes, and 17 that are not)");
  CHECK(log.Take(At(60)).back() == "199 (and 800 more, to be named in the next minutes)");
  for (int i = 0; i < 1'017; ++i) log.Add(std::to_string(i));
  std::size_t lines = 0;
  std::string last;
  for (int minute = 2; minute < 20; ++minute) {
    const auto taken = log.Take(At(minute * 60));
    lines += taken.size();
    if (!taken.empty()) last = taken.back();
  }
  CHECK(lines == 817);
  CHECK(last == "1016");
}

}  // namespace
}  // namespace k8sm
