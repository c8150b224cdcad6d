// Rate limits for log lines about repeated failures.
//
// Call these classes before logging something that can recur. A returned nullopt means that the line is
// suppressed; otherwise the returned text must be appended to the line: "" or the number of suppressed lines,
// " (37 more times in the last 62 s)". No I/O and no clock: the caller passes the current time, which must
// not go backwards.

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

// Allows up to `lines` lines per minute. The minute starts with the first line.
class LineBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kMinute{60};

  explicit LineBudget(std::size_t lines = 1) : lines_(lines) {}

  // Takes one line from the budget. Returns nullopt if none is left.
  std::optional<std::string> Take(TimePoint now);
  // Returns the count of suppressed lines without taking a line from the budget, and starts a new minute.
  // nullopt while the current minute lasts or if nothing was suppressed.
  std::optional<std::string> Summary(TimePoint now);
  // Counts a line that the caller suppresses for another reason.
  void HoldBack() { ++held_back_; }

  // Whether no minute is running, so that a line logged now would be the first of one.
  bool Fresh(TimePoint now) const { return !begin_ || now - *begin_ >= kMinute; }

 private:
  std::size_t lines_;
  std::optional<TimePoint> begin_;  // start of the current minute
  std::size_t told_ = 0;            // lines logged in the current minute
  std::size_t held_back_ = 0;
};

// Tracks one operation that is retried until it succeeds.
class FailureLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Allows each Errc once a minute, regardless of successes in between: a load balancer that cuts connections
  // can make an operation fail and succeed alternately forever.
  std::optional<std::string> OnFailure(const Error& error, TimePoint now);

  // Returns whether to log the recovery: true if a failure has been logged since the last success.
  bool OnSuccess();

  // The last failure; nullopt after a success.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::map<Errc, LineBudget> told_;
  std::optional<Error> failure_;
  bool told_since_success_ = false;
};

// Tracks many operations of one kind, identified by name, that are retried until they succeed.
class KeyedFailureLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Allows five lines per Errc and minute, preferring names whose failure has not been logged yet.
  std::optional<std::string> OnFailure(const std::string& name, const Error& error, TimePoint now);

  // Returns the text to append if the recovery should be logged: up to five recoveries a minute for names
  // whose failure was logged, and always the recovery after which nothing fails any more.
  std::optional<std::string> OnSuccess(const std::string& name, TimePoint now);

  // Stops tracking `name`, because the operation is no longer tried.
  void Forget(const std::string& name);

  // Number of names that are failing now.
  std::size_t failing() const { return failing_.size(); }

 private:
  std::map<Errc, LineBudget> budgets_;
  LineBudget recoveries_{kLines};
  std::unordered_map<std::string, bool> failing_;  // whether the failure was logged
  std::size_t recovered_ = 0;                      // recoveries since nothing was failing
  bool told_any_ = false;                          // whether a failure was logged since nothing was failing

  static constexpr std::size_t kLines = 5;
};

// Tracks complaints about unreadable objects, which the API server sends again and again. Each complaint is
// logged once: up to 100 a minute, the others in the following minutes.
class ComplaintLog {
 public:
  using TimePoint = LineBudget::TimePoint;

  // Queues a complaint unless it is among roughly the last 10,000 complaints. If 1,000 complaints are already
  // queued, it is only counted, and queued when it occurs again.
  void Add(std::string_view text);

  // Returns the lines to log now; the last one states how many are still queued. Call it after Add() and
  // about once a minute.
  std::vector<std::string> Take(TimePoint now);

 private:
  std::string Rest() const;

  std::unordered_set<std::size_t> noted_;  // hashes of the complaints that were queued
  std::deque<std::string> waiting_;
  std::size_t counted_ = 0;         // complaints dropped since the last line
  std::optional<TimePoint> begin_;  // start of the current minute
  std::size_t told_ = 0;            // lines returned in the current minute
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_FAILURE_LOG_H_
