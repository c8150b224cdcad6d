// Which of many failures are worth a line in the log, and what to say of the others.
//
// Whoever logs something that may recur asks here first. The answer is nothing where the line is held back,
// else what to append to it: "", or how many were held back, " (37 more times in the last 62 s)". Pure: the
// time is passed in, and must not go back.

#ifndef K8SM_LIB_BASE_FAILURE_LOG_H_
#define K8SM_LIB_BASE_FAILURE_LOG_H_

#include "lib/base/error.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace k8sm {

// So many lines at once, and no more until a minute has passed.
class LineBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kMinute{60};

  explicit LineBudget(std::size_t lines = 1) : lines_(lines) {}

  std::optional<std::string> Take(TimePoint now);
  // The same without a line: "" never, nothing while the minute runs or where none were held back.
  std::optional<std::string> Summary(TimePoint now);
  // Counts a line that is held back in any case.
  void HoldBack() { ++held_back_; }

  // Whether a line now would be the first of a minute.
  bool Fresh(TimePoint now) const { return !begin_ || now - *begin_ >= kMinute; }

 private:
  std::size_t lines_;
  std::optional<TimePoint> begin_;  // of the minute that runs
  std::size_t told_ = 0;            // in it
  std::size_t held_back_ = 0;
};

// Follows one thing that is tried again until it works.
class FailureLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Each Errc is told once a minute, whether it has worked meanwhile or not: a balancer that cuts connections
  // makes things fail and work by turns for ever.
  std::optional<std::string> OnFailure(const Error& error, TimePoint now);

  // Whether to tell that it works again: it does, and a failure since it last worked was told.
  bool OnSuccess();

  // The last failure, unless it has worked since.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::map<Errc, LineBudget> told_;
  std::optional<Error> failure_;
  bool told_since_success_ = false;
};

// Follows many things of a kind that are tried again until they work, each under a name.
class KeyedFailureLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Of each Errc five names a minute that were not told of before; where there are none, any one.
  std::optional<std::string> OnFailure(const std::string& name, const Error& error, TimePoint now);

  // Whether to tell that this one works again: where it was told that it does not, five a minute, and where
  // it is the last of all.
  std::optional<std::string> OnSuccess(const std::string& name, TimePoint now);

  // It is not tried any more.
  void Forget(const std::string& name);

  // How many fail at present.
  std::size_t failing() const { return failing_.size(); }

 private:
  std::map<Errc, LineBudget> budgets_;
  LineBudget recoveries_{kLines};
  std::unordered_map<std::string, bool> failing_;  // whether it was told
  std::size_t recovered_ = 0;                      // since all worked
  bool told_any_ = false;                          // likewise

  static constexpr std::size_t kLines = 5;
};

// Follows complaints about objects that others send us, again and again, and that can't be read. Each is
// named in time: 100 in a minute at the most, and what is left over in the minutes that follow.
class ComplaintLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Notes a complaint that is to be logged, unless it is one of the last 10,000 or so. Where 1,000 wait
  // already it is but counted, and noted when it comes again.
  void Add(std::string_view text);

  // What to log now, a line each; the last one says how many are left. Call it after Add(), and every minute
  // or so.
  std::vector<std::string> Take(TimePoint now);

 private:
  std::string Rest() const;

  std::unordered_set<std::size_t> noted_;  // hashes
  std::deque<std::string> waiting_;
  std::size_t counted_ = 0;         // but not noted, since the last line
  std::optional<TimePoint> begin_;  // of the minute that runs
  std::size_t told_ = 0;            // in it
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_FAILURE_LOG_H_
