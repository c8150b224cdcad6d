// Which of many failures are worth a line in the log.

#ifndef K8SM_LIB_INFORMER_FAILURE_LOG_H_
#define K8SM_LIB_INFORMER_FAILURE_LOG_H_

#include "lib/base/error.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace k8sm::informer {

// Follows something that is tried again until it works.
class FailureLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Whether to tell of this failure: of each Errc once a minute, or in 10 s where it has worked since the
  // last was told.
  bool OnFailure(const Error& error, TimePoint now);

  // Whether to tell that it works again: it does, and a failure since it last worked was told.
  bool OnSuccess();

  // The last failure, unless it has worked since.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::map<Errc, TimePoint> told_;
  std::optional<Error> failure_;
  bool told_since_success_ = false;
};

// Follows complaints about what the server sends, which it sends again and again.
class ComplaintLog {
 public:
  // Whether to tell of it: not where the same text was told, up to the last thousand or so.
  bool OnComplaint(std::string_view text);

 private:
  std::unordered_set<std::size_t> told_;  // hashes
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_FAILURE_LOG_H_
