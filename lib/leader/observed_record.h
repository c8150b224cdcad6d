// The observed record of a lock and how long it has been unchanged.

#ifndef K8SM_LIB_LEADER_OBSERVED_RECORD_H_
#define K8SM_LIB_LEADER_OBSERVED_RECORD_H_

#include "lib/base/boot_clock.h"
#include "lib/kube/lease.h"
#include "lib/kube/micro_time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::leader {

// Implements client-go's rule: a holder holds the lock until its record has not changed for the duration that
// the record states, by the observer's clock. Times in the record are only compared for equality.
class ObservedRecord {
 public:
  using TimePoint = BootClock::time_point;

  // `identity` is the observer's. A record without a duration is held for `default_duration`.
  ObservedRecord(std::string identity, std::chrono::nanoseconds default_duration);

  // Takes the lock's current record. Returns whether it differs from the previous one.
  bool Observe(const kube::Lease& lock, TimePoint now);

  // Whether a process other than the observer holds the lock.
  bool HeldByOther(TimePoint now) const;
  // The holder in the record, expired or not; empty if there is none.
  const std::string& holder() const { return record_.holder; }

 private:
  struct Record {
    std::string holder;
    std::int32_t duration_seconds = 0;
    std::optional<kube::MicroTime> acquired;
    std::optional<kube::MicroTime> renewed;
    std::int32_t transitions = 0;
    friend bool operator==(const Record&, const Record&) = default;
  };

  const std::string identity_;
  const std::chrono::nanoseconds default_duration_;
  Record record_;
  TimePoint since_{};
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_OBSERVED_RECORD_H_
