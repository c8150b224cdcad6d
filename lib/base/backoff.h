// Exponential backoff.

#ifndef K8SM_LIB_BASE_BACKOFF_H_
#define K8SM_LIB_BASE_BACKOFF_H_

#include <chrono>

namespace k8sm {

struct BackoffOptions {
  std::chrono::milliseconds initial{800};
  std::chrono::milliseconds max{30'000};
  // Each delay is stretched by a factor chosen uniformly from [1, 1 + jitter].
  double jitter = 0;
};

// The delay before the next attempt: `initial`, doubled at each further failure, at most `max`, then
// stretched by the jitter.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options);

  // REQUIRES: 0 <= random < 1, a fresh uniform random number (ignored where jitter is 0).
  std::chrono::milliseconds Next(double random = 0);
  void Reset();

 private:
  BackoffOptions options_;
  std::chrono::milliseconds next_;
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_BACKOFF_H_
