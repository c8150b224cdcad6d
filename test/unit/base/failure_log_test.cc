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

// What is appended to a line that is told; "-" for one that is held back.
std::string Said(const std::optional<std::string>& more) {
  return more.value_or("-");
}

TEST_CASE("a budget holds lines back until a minute is over and then says how many") {
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

TEST_CASE("what was held back can be told without another line") {
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

TEST_CASE("what was held back is told without a line of the minute that begins") {
  LineBudget budget(1);
  budget.Take(At(0));
  budget.Take(At(1));
  CHECK(Said(budget.Summary(At(60))) == " (1 more time in the last 60 s)");
  CHECK(Said(budget.Take(At(61))) == "");
  CHECK(Said(budget.Take(At(62))) == "-");
}

TEST_CASE("a failure that goes on is told once a minute and its end once") {
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

TEST_CASE("another kind of failure is told at once") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnFailure(kDenied, At(1)));
  CHECK_FALSE(log.OnFailure(kRefused, At(2)));
  CHECK_FALSE(log.OnFailure(kDenied, At(3)));
}

TEST_CASE("what fails and works by turns fills no log") {
  FailureLog log;
  CHECK(log.OnFailure(kRefused, At(0)));
  CHECK(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(5)));
  CHECK_FALSE(log.OnSuccess());
  CHECK_FALSE(log.OnFailure(kRefused, At(9)));
}

TEST_CASE("what fails every 12 seconds and works in between takes two lines a minute") {
  FailureLog log;
  int lines = 0;
  for (int s = 0; s < 600; s += 12) {
    if (log.OnFailure(kRefused, At(s))) ++lines;
    if (log.OnSuccess()) ++lines;
  }
  CHECK(lines == 2 * 10);
  CHECK(Said(log.OnFailure(kRefused, At(600))) == " (4 more times in the last 60 s)");
}

TEST_CASE("of many that fail alike a few are named a minute and the rest is counted") {
  KeyedFailureLog log;
  std::vector<std::string> told;
  for (int i = 0; i < 1000; ++i) {
    if (log.OnFailure("service-" + std::to_string(i), kDenied, At(0))) told.push_back(std::to_string(i));
  }
  CHECK(told == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK(log.failing() == 1000);
  // Whether it was told before: those told wait for another minute, the others for another place.
  CHECK(Said(log.OnFailure("service-0", kDenied, At(30))) == "-");
  CHECK(Said(log.OnFailure("service-9", kDenied, At(30))) == "-");
  CHECK(Said(log.OnFailure("service-0", kDenied, At(60))) == " (997 more times in the last 60 s)");
  CHECK(Said(log.OnFailure("service-1", kDenied, At(60))) == "-");
  CHECK(Said(log.OnFailure("service-9", kDenied, At(60))) == "");
}

TEST_CASE("one that keeps failing is told of once a minute") {
  KeyedFailureLog log;
  CHECK(Said(log.OnFailure("web", kDenied, At(0))) == "");
  for (int s = 1; s < 60; ++s) CHECK(Said(log.OnFailure("web", kDenied, At(s))) == "-");
  CHECK(Said(log.OnFailure("web", kDenied, At(60))) == " (59 more times in the last 60 s)");
  CHECK(Said(log.OnSuccess("web", At(61))) == "");
  CHECK(Said(log.OnSuccess("web", At(62))) == "-");
}

TEST_CASE("one that begins to fail is told of whatever else fails in another way") {
  KeyedFailureLog log;
  for (int i = 0; i < 100; ++i) log.OnFailure(std::to_string(i), kRefused, At(0));
  CHECK(Said(log.OnFailure("web", kDenied, At(1))) == "");
}

TEST_CASE("the end of a failure of many is told of a few and of the last one") {
  KeyedFailureLog log;
  for (int i = 0; i < 100; ++i) log.OnFailure(std::to_string(i), kRefused, At(0));
  int told = 0;
  for (int i = 0; i < 99; ++i) told += log.OnSuccess(std::to_string(i), At(1)).has_value() ? 1 : 0;
  CHECK(told == 5);
  CHECK(Said(log.OnSuccess("99", At(1))) == " (the last of 100 that had failed)");
  CHECK(log.failing() == 0);
}

TEST_CASE("what is not tried any more fails no more") {
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

TEST_CASE("where all that failed is not tried any more, a later end is news only of what was told") {
  KeyedFailureLog log;
  for (int i = 0; i < 5; ++i) CHECK(log.OnFailure(std::to_string(i), kRefused, At(0)));
  for (int i = 0; i < 5; ++i) log.Forget(std::to_string(i));
  CHECK(log.failing() == 0);
  // The lines of this minute are used up, so that nobody hears of this one, nor of its end.
  CHECK_FALSE(log.OnFailure("web", kRefused, At(1)));
  CHECK_FALSE(log.OnSuccess("web", At(2)));
}

TEST_CASE("no history of failures makes more than a bounded number of lines a minute") {
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
  // Five lines a minute of each of two kinds of failure and of their ends.
  CHECK(lines <= 15 * (kMinutes + 1));
}

std::size_t Lines(ComplaintLog& log, TimePoint now) {
  return log.Take(now).size();
}

TEST_CASE("a complaint is told once") {
  ComplaintLog log;
  log.Add("Pod shop/a: no name");
  log.Add("Pod shop/b: no name");
  log.Add("Pod shop/a: no name");
  CHECK(log.Take(At(0)) == std::vector<std::string>{"Pod shop/a: no name", "Pod shop/b: no name"});
  log.Add("Pod shop/a: no name");
  CHECK(log.Take(At(100)).empty());
}

TEST_CASE("a complaint is told again once ten thousand others were") {
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

TEST_CASE("of many complaints at once all are told, a hundred a minute, and how many are left") {
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
  // What comes in the same minute shares its budget.
  for (int i = 0; i < 60; ++i) log.Add("later " + std::to_string(i));
  CHECK(Lines(log, At(121)) == 50);
  CHECK(Lines(log, At(180)) == 10);
}

TEST_CASE("complaints beyond a thousand that wait are counted and noted when they come again") {
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
