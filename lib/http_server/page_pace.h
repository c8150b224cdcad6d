// How often a page is made that takes long to make.

#ifndef K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_
#define K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_

#include <chrono>

namespace k8sm::http_server {

// Making a page takes no more than a tenth of the time, however many ask for it. Pure: the time is passed in.
class PagePace {
 public:
  using Clock = std::chrono::steady_clock;

  // No rest is longer: a page that seems to have taken hours was made by a process that was frozen.
  static constexpr std::chrono::seconds kLongestRest{10};

  // How long after `now` the page may be made again; 0: at once.
  Clock::duration Rest(Clock::time_point now) const;

  // Records that the page was finished at `end`, or given up, and that making it took `spent` of the thread's
  // time.
  void Made(Clock::time_point end, Clock::duration spent);

 private:
  Clock::time_point rests_until_ = Clock::time_point::min();
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_PAGE_PACE_H_
