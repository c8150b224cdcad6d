// What was seen of a lock's record, and for how long it has stood there.

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

// client-go's rule: a holder holds the lock until its record has not changed for as long as the record says,
// by the clock of the observer. The record's times are compared for equality alone.
class ObservedRecord {
 public:
  using TimePoint = BootClock::time_point;

  // `identity` is the observer's. A record that names no duration holds for `default_duration`.
  ObservedRecord(std::string identity, std::chrono::nanoseconds default_duration);

  // Whether the record is another than before.
  bool Observe(const kube::Lease& lock, TimePoint now);

  // Whether another process than the observer's holds the lock.
  bool HeldByOther(TimePoint now) const;
  // Who is in the record, whether it has run out or not; empty: nobody.
  const std::string& holder() const { return record_.holder; }
  // Whether another process was seen to renew the lock since it got it: it lives.
  bool rival_lives() const { return rival_lives_; }

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
  bool rival_lives_ = false;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_OBSERVED_RECORD_H_
