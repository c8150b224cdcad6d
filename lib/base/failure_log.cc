#include "lib/base/failure_log.h"

#include <functional>
#include <utility>

namespace k8sm {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxComplaints = 1000;

// " (37 more times in the last 62 s)"
std::string Describe(std::size_t held_back, seconds time) {
  return " (" + std::to_string(held_back) + (held_back == 1 ? " more time" : " more times") +
         " in the last " + std::to_string(time.count()) + " s)";
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

std::optional<std::string> ComplaintLog::OnComplaint(std::string_view text, TimePoint now) {
  if (told_.size() >= kMaxComplaints) told_.clear();
  if (!told_.insert(std::hash<std::string_view>()(text)).second) return std::nullopt;
  return budget_.Take(now);
}

}  // namespace k8sm
