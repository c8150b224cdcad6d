// How often a page is made that takes long to make.

#ifndef K8SM_CONTROLLER_OPS_PAGE_PACE_H_
#define K8SM_CONTROLLER_OPS_PAGE_PACE_H_

#include <chrono>

namespace k8sm::controller {

// Making a page takes no more than a tenth of the time, however many ask for it.
class PagePace {
 public:
  using Clock = std::chrono::steady_clock;

  // No rest is longer: a page that seems to have taken hours was made by a process that was frozen.
  static constexpr std::chrono::seconds kLongestRest{10};

  // How long after `now` the page may be made again; 0: at once.
  Clock::duration Rest(Clock::time_point now) const;

  // Tells when the page was made.
  void Made(Clock::time_point start, Clock::time_point end);

 private:
  Clock::time_point rests_until_ = Clock::time_point::min();
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_PAGE_PACE_H_
