// Timeouts and backoff of a reflector.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_
#define K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_

#include "lib/base/backoff.h"

#include <chrono>

namespace k8sm::informer {

// Timeouts for receiving a response, all measured from when the connection is established.
struct Patience {
  // Silence up to this time is not a failure.
  std::chrono::milliseconds quiet{0};
  // Maximum silence after that.
  std::chrono::milliseconds idle{0};
  // Maximum duration of the whole response.
  std::chrono::milliseconds total{0};
};

// The defaults suit every server and recover from a frozen connection within 30 s. Only tests need other
// values.
struct ReflectorTiming {
  // Watches last between shortest_watch and shortest_watch + watch_spread, chosen at random. Whole seconds,
  // at least one, as servers support no fractions.
  std::chrono::seconds shortest_watch{20};
  std::chrono::seconds watch_spread{8};
  // Time allowed for the server to end a watch after its timeout.
  std::chrono::milliseconds watch_slack{2'000};

  Patience list{
      .quiet = std::chrono::seconds(20), .idle = std::chrono::seconds(10), .total = std::chrono::minutes(5)};
  // Timeouts of a streaming list before its end. The server sends existing objects without a pause, and the
  // bookmark as soon as its own cache is up to date. `total` is that of `list`.
  Patience stream{.quiet = std::chrono::seconds(10), .idle = std::chrono::seconds(5)};

  // Backoff while the server is unreachable; at most 1 s with jitter.
  BackoffOptions link_backoff{
      .initial = std::chrono::milliseconds(200), .max = std::chrono::milliseconds(500), .jitter = 1.0};
  // Backoff while the server answers with errors; at most 60 s with jitter.
  BackoffOptions server_backoff{
      .initial = std::chrono::milliseconds(800), .max = std::chrono::milliseconds(30'000), .jitter = 1.0};
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_
