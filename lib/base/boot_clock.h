// A clock that counts while the machine sleeps, too.

#ifndef K8SM_LIB_BASE_BOOT_CLOCK_H_
#define K8SM_LIB_BASE_BOOT_CLOCK_H_

#include <chrono>

namespace k8sm {

// CLOCK_BOOTTIME: never set, never going back, and unlike steady_clock (CLOCK_MONOTONIC) not standing still
// while the machine is suspended. For what others count on meanwhile, such as a lease. A virtual machine that
// its host stops notices with none of its clocks.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;

  static time_point now();
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_BOOT_CLOCK_H_
