// How often a page is made that takes long to make.

#ifndef K8SM_CONTROLLER_PAGE_PACE_H_
#define K8SM_CONTROLLER_PAGE_PACE_H_

#include <chrono>
#include <optional>

namespace k8sm::controller {

// Lets those that ask for a page have it one after the other, so that making it takes no more than a tenth of
// the time, however many ask.
class PagePace {
 public:
  using Clock = std::chrono::steady_clock;

  // Nobody is let wait for longer, and no rest between two is longer, however long the page takes.
  static constexpr std::chrono::seconds kLongestWait{3};

  // When the page may be made for one who asks at `now`; that turn is taken then, used or not. Nothing, and
  // no turn is taken, where it would come too late.
  std::optional<Clock::time_point> Reserve(Clock::time_point now);

  // Tells how long the page took this time. The turns that are reserved afterwards keep to it.
  void Made(Clock::duration took);

 private:
  Clock::time_point free_;  // when the next turn may begin
  Clock::duration turn_{};  // from one to the next
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PAGE_PACE_H_
