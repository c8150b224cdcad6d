// How long a reflector waits for the API server.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_
#define K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_

#include "lib/base/backoff.h"

#include <chrono>

namespace k8sm::informer {

// How long to wait for the server's next bytes.
struct Patience {
  // From when the connection stands: up to here, silence is no failure.
  std::chrono::milliseconds quiet{0};
  // Silence after that.
  std::chrono::milliseconds idle{0};
  // For all of it.
  std::chrono::milliseconds total{0};
};

// The defaults fit every server, and are what heals from a frozen connection within 30 s. Tests are in a
// hurry.
struct ReflectorTiming {
  // A watch lasts so long, and up to so much longer. Whole seconds, at least one, since servers know no
  // others.
  std::chrono::seconds shortest_watch{20};
  std::chrono::seconds watch_spread{8};
  // The server ends a watch when its time is up: this is for the way.
  std::chrono::milliseconds watch_slack{2'000};

  Patience list{
      .quiet = std::chrono::seconds(20), .idle = std::chrono::seconds(10), .total = std::chrono::minutes(5)};
  // Of a streaming list, until its end is marked. What there is comes without a pause, and the bookmark after
  // it as soon as the server's cache is up to date. `total` is that of the watch.
  Patience stream{.quiet = std::chrono::seconds(10), .idle = std::chrono::seconds(5)};

  // Between two tries where the server cannot be reached: with the jitter, at most 1 s.
  BackoffOptions link_backoff{
      .initial = std::chrono::milliseconds(200), .max = std::chrono::milliseconds(500), .jitter = 1.0};
  // The same where it answers with an error.
  BackoffOptions server_backoff{
      .initial = std::chrono::milliseconds(800), .max = std::chrono::milliseconds(30'000), .jitter = 1.0};
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_TIMING_H_
