#include "lib/base/backoff.h"

#include <algorithm>

namespace k8sm {

using std::chrono::milliseconds;

Backoff::Backoff(BackoffOptions options) : options_(options), next_(options.initial) {}

milliseconds Backoff::Next(double random) {
  const milliseconds delay = std::min(next_, options_.max);
  next_ = delay * 2;
  return std::chrono::duration_cast<milliseconds>(delay * (1.0 + options_.jitter * random));
}

void Backoff::Reset() {
  next_ = options_.initial;
}

}  // namespace k8sm
