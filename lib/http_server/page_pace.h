// Limits the CPU time spent on expensive pages.

#ifndef K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_
#define K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_

#include <chrono>

namespace k8sm::http_server {

// Limits a page to a tenth of the thread's time, however many clients request it and whatever the number of
// steps. No I/O and no clock: the caller passes the time.
class PagePace {
 public:
  using Clock = std::chrono::steady_clock;

  // The most that a step counts as, because one that seems to have taken hours was interrupted by a suspend.
  static constexpr std::chrono::seconds kLongestStep{1};

  // How long after `now` the page must not be begun again; 0: it may be begun now.
  Clock::duration Rest(Clock::time_point now) const;

  // Records that a step of the page ended at `end` and took `spent` of the thread's time.
  void Made(Clock::time_point end, Clock::duration spent);

 private:
  Clock::time_point rests_until_ = Clock::time_point::min();
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_
