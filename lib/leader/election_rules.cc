#include "lib/leader/election_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Delay before a held lock is read again, in retry_periods: between a quarter and a half.
constexpr double kShortestLook = 0.25;
constexpr double kLookSpread = 0.25;
// Jitter of the delay after a failure (client-go's JitterFactor).
constexpr double kFailureJitter = 1.2;

// A record without a holder can be taken immediately, whatever its duration; client-go writes this one.
constexpr std::int32_t kReleasedSeconds = 1;

milliseconds Scaled(milliseconds period, double factor) {
  return std::chrono::duration_cast<milliseconds>(period * factor);
}

}  // namespace

kube::Lease Taken(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall) {
  lock.acquire_time = wall;
  if (lock.lease_transitions < std::numeric_limits<std::int32_t>::max()) ++lock.lease_transitions;
  return Renewed(std::move(lock), options, wall);
}

kube::Lease Renewed(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall) {
  lock.holder_identity = options.identity;
  lock.lease_duration_seconds =
      static_cast<std::int32_t>(std::chrono::ceil<seconds>(options.lease_duration).count());
  if (!lock.acquire_time) lock.acquire_time = wall;
  lock.renew_time = wall;
  if (!options.annotation_key.empty()) {
    lock.meta.annotations.Set(kube::Symbol(options.annotation_key), kube::Symbol(options.annotation_value));
  }
  return lock;
}

kube::Lease Released(kube::Lease lock, kube::MicroTime wall) {
  lock.holder_identity.clear();
  lock.lease_duration_seconds = kReleasedSeconds;
  lock.acquire_time = wall;
  lock.renew_time = wall;
  return lock;
}

milliseconds PauseBeforeLook(milliseconds retry_period, double random) {
  return Scaled(retry_period, kShortestLook + kLookSpread * random);
}

milliseconds PauseAfter(const Error& error, milliseconds retry_period, double random) {
  return std::max<milliseconds>(Scaled(retry_period, 1 + kFailureJitter * random),
                                std::min(error.retry_after.value_or(seconds(0)), kLongestRetryAfter));
}

}  // namespace k8sm::leader
