#include "lib/informer/failure_log.h"

#include <functional>
#include <utility>

namespace k8sm::informer {
namespace {

constexpr std::chrono::seconds kInterval{60};
// Once it has worked in between: a new outage has to be told, one that comes and goes each second not each
// time.
constexpr std::chrono::seconds kIntervalAfterSuccess{10};
constexpr std::size_t kMaxComplaints = 1000;

}  // namespace

bool FailureLog::OnFailure(const Error& error, TimePoint now) {
  failure_ = error;
  const auto [told, is_first] = told_.try_emplace(error.code, now);
  if (!is_first && now - told->second < (told_since_success_ ? kInterval : kIntervalAfterSuccess))
    return false;
  told->second = now;
  told_since_success_ = true;
  return true;
}

bool FailureLog::OnSuccess() {
  failure_.reset();
  return std::exchange(told_since_success_, false);
}

bool ComplaintLog::OnComplaint(std::string_view text) {
  if (told_.size() >= kMaxComplaints) told_.clear();
  return told_.insert(std::hash<std::string_view>()(text)).second;
}

}  // namespace k8sm::informer
