#include "lib/base/failure_log.h"

#include "lib/base/count.h"

#include <functional>
#include <utility>

namespace k8sm {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxNoted = 10'000;
constexpr std::size_t kMaxWaiting = 1'000;
constexpr std::size_t kComplaintsInAMinute = 100;

// " (37 more times in the last 62 s)"
std::string Describe(std::size_t held_back, seconds time) {
  return " (" + Count(held_back, "more time") + " in the last " + std::to_string(time.count()) + " s)";
}

}  // namespace

std::optional<std::string> LineBudget::Take(TimePoint now) {
  std::string summary;
  if (!begin_ || now - *begin_ >= kMinute) {
    if (begin_ && held_back_ > 0)
      summary = Describe(std::exchange(held_back_, 0), std::chrono::ceil<seconds>(now - *begin_));
    begin_ = now;
    told_ = 0;
  }
  if (told_ >= lines_) {
    ++held_back_;
    return std::nullopt;
  }
  ++told_;
  return summary;
}

std::optional<std::string> LineBudget::Summary(TimePoint now) {
  if (held_back_ == 0 || !Fresh(now)) return std::nullopt;
  auto summary = Take(now);
  told_ = 0;
  return summary;
}

std::optional<std::string> FailureLog::OnFailure(const Error& error, TimePoint now) {
  failure_ = error;
  auto more = told_[error.code].Take(now);
  if (more) told_since_success_ = true;
  return more;
}

bool FailureLog::OnSuccess() {
  failure_.reset();
  return std::exchange(told_since_success_, false);
}

std::optional<std::string> KeyedFailureLog::OnFailure(const std::string& name, const Error& error,
                                                      TimePoint now) {
  bool& told = failing_[name];
  LineBudget& budget = budgets_.try_emplace(error.code, kLines).first->second;
  if (told && !budget.Fresh(now)) {
    budget.HoldBack();
    return std::nullopt;
  }
  auto more = budget.Take(now);
  if (more) told = told_any_ = true;
  return more;
}

std::optional<std::string> KeyedFailureLog::OnSuccess(const std::string& name, TimePoint now) {
  const auto found = failing_.find(name);
  if (found == failing_.end()) return std::nullopt;
  const bool told = found->second;
  failing_.erase(found);
  ++recovered_;
  if (!failing_.empty()) return told ? recoveries_.Take(now) : std::nullopt;
  const std::size_t recovered = std::exchange(recovered_, 0);
  if (!std::exchange(told_any_, false)) return std::nullopt;
  return recovered > 1 ? " (the last of " + std::to_string(recovered) + " that had failed)" : "";
}

void KeyedFailureLog::Forget(const std::string& name) {
  failing_.erase(name);
  if (!failing_.empty()) return;
  recovered_ = 0;
  told_any_ = false;
}

void ComplaintLog::Add(std::string_view text) {
  const std::size_t hash = std::hash<std::string_view>()(text);
  if (noted_.contains(hash)) return;
  if (waiting_.size() >= kMaxWaiting) {
    ++counted_;
    return;
  }
  if (noted_.size() >= kMaxNoted) noted_.clear();
  noted_.insert(hash);
  waiting_.emplace_back(text);
}

std::vector<std::string> ComplaintLog::Take(TimePoint now) {
  std::vector<std::string> lines;
  if (waiting_.empty()) return lines;
  if (!begin_ || now - *begin_ >= LineBudget::kMinute) {
    begin_ = now;
    told_ = 0;
  }
  for (; !waiting_.empty() && told_ < kComplaintsInAMinute; ++told_) {
    lines.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (!lines.empty() && told_ == kComplaintsInAMinute) lines.back() += Rest();
  if (!lines.empty()) counted_ = 0;
  return lines;
}

// " (and 400 more, to be named in the next minutes, and 17 that are not)"
std::string ComplaintLog::Rest() const {
  if (waiting_.empty() && counted_ == 0) return "";
  std::string text = " (and " + std::to_string(waiting_.size()) + " more, to be named in the next minutes";
  if (counted_ > 0) text += ", and " + std::to_string(counted_) + " that are not";
  return text + ")";
}

}  // namespace k8sm
