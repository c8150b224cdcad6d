#include "lib/client/rate_limiter.h"

#include <algorithm>

namespace k8sm::client {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;

TokenBucket::TokenBucket(double qps, int burst) : qps_(qps), burst_(burst), tokens_(burst) {}

nanoseconds TokenBucket::Reserve(TimePoint now) {
  if (!(qps_ > 0)) return nanoseconds(0);
  // The bucket starts full, so the time between the clock's epoch and the first call adds nothing.
  if (now > updated_) {
    tokens_ = std::min(burst_, tokens_ + qps_ * duration<double>(now - updated_).count());
    updated_ = now;
  }
  tokens_ -= 1;
  if (tokens_ >= 0) return nanoseconds(0);
  return duration_cast<nanoseconds>(duration<double>(-tokens_ / qps_));
}

void TokenBucket::GiveBack() {
  tokens_ = std::min(burst_, tokens_ + 1);
}

}  // namespace k8sm::client
