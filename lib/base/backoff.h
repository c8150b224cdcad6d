// Exponential backoff.

#ifndef K8SM_LIB_BASE_BACKOFF_H_
#define K8SM_LIB_BASE_BACKOFF_H_

#include <chrono>

namespace k8sm {

// Parameters of Backoff.
struct BackoffOptions {
  // Delay after the first failure.
  std::chrono::milliseconds initial{800};
  // Upper bound of the delay before jitter is applied.
  std::chrono::milliseconds max{30'000};
  // Each delay is multiplied by a factor chosen uniformly from [1, 1 + jitter]. 0 disables jitter.
  double jitter = 0;
};

// Computes the delay before the next attempt: `initial`, doubled after each further failure up to `max`, then
// multiplied by the jitter factor.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options);

  // Returns the next delay and doubles the one after it. REQUIRES: 0 <= random < 1, a fresh uniformly
  // distributed number (ignored if jitter is 0).
  std::chrono::milliseconds Next(double random = 0);
  // Call after a success: the next delay is `initial` again.
  void Reset();

 private:
  BackoffOptions options_;
  std::chrono::milliseconds next_;
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_BACKOFF_H_
