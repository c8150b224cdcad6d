// Limits the rate of requests.

#ifndef K8SM_LIB_CLIENT_RATE_LIMITER_H_
#define K8SM_LIB_CLIENT_RATE_LIMITER_H_

#include <chrono>

namespace k8sm::client {

// A token bucket: starts with `burst` tokens, gains `qps` tokens per second, and each request takes one.
class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A qps of 0 or less disables the limit. REQUIRES: burst >= 1 unless disabled.
  TokenBucket(double qps, int burst);

  // Takes a token and returns how long to wait before using it; 0 if one was available. Waiting requests are
  // served in the order of their calls.
  std::chrono::nanoseconds Reserve(TimePoint now);

  // Returns the token of a request that is not sent after all.
  void GiveBack();

 private:
  double qps_;
  double burst_;
  double tokens_;  // negative: number of tokens reserved by waiting requests
  TimePoint updated_{};
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_RATE_LIMITER_H_
