// A monotonic clock that includes time spent in suspend.

#ifndef K8SM_LIB_BASE_BOOT_CLOCK_H_
#define K8SM_LIB_BASE_BOOT_CLOCK_H_

#include <chrono>

namespace k8sm {

// CLOCK_BOOTTIME: monotonic, never adjusted and, unlike steady_clock (CLOCK_MONOTONIC), advancing while the
// machine is suspended. Use it for deadlines that other machines also measure, such as a lease. No clock of a
// virtual machine advances while the hypervisor has paused it.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;

  // The current time since boot. Never fails.
  static time_point now();
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_BOOT_CLOCK_H_
