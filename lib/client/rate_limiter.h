// How fast we may ask.

#ifndef K8SM_LIB_CLIENT_RATE_LIMITER_H_
#define K8SM_LIB_CLIENT_RATE_LIMITER_H_

#include <chrono>

namespace k8sm::client {

// A token bucket: `burst` tokens at the start, refilled with `qps` a second, and one taken by each request.
class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A qps of 0 or less means no limit. REQUIRES: burst >= 1 where there is one.
  TokenBucket(double qps, int burst);

  // Takes a token, and returns how long to wait before using it: requests that find the bucket empty queue up
  // in the order of their calls.
  std::chrono::nanoseconds Reserve(TimePoint now);

  // Takes back the token of a request that will not be sent after all.
  void GiveBack();

 private:
  double qps_;
  double burst_;
  double tokens_;  // negative: that many are promised to those who wait
  TimePoint updated_{};
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_RATE_LIMITER_H_
