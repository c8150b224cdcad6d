#include "lib/leader/observed_record.h"

#include <utility>

namespace k8sm::leader {

ObservedRecord::ObservedRecord(std::string identity, std::chrono::nanoseconds default_duration)
    : identity_(std::move(identity)), default_duration_(default_duration) {}

bool ObservedRecord::Observe(const kube::Lease& lock, TimePoint now) {
  Record record{lock.holder_identity, lock.lease_duration_seconds, lock.acquire_time, lock.renew_time,
                lock.lease_transitions};
  if (record == record_) return false;
  record_ = std::move(record);
  since_ = now;
  return true;
}

bool ObservedRecord::HeldByOther(TimePoint now) const {
  if (record_.holder.empty() || record_.holder == identity_) return false;
  const std::int32_t told = record_.duration_seconds;
  return now < since_ + (told > 0 ? std::chrono::seconds(told) : default_duration_);
}

}  // namespace k8sm::leader
