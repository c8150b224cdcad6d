// Events and moments for tests.

#ifndef K8SM_TEST_UNIT_EVENTS_EVENTS_H_
#define K8SM_TEST_UNIT_EVENTS_EVENTS_H_

#include "lib/events/correlator.h"
#include "lib/kube/event.h"

#include <chrono>
#include <string>
#include <utility>

namespace k8sm::events {

// The moment `time` after 2026-01-01T00:00:00Z.
inline Moment At(std::chrono::milliseconds time) {
  const std::chrono::sys_days begin = std::chrono::year(2026) / 1 / 1;
  return {std::chrono::steady_clock::time_point(std::chrono::hours(5)) + time, begin + time};
}
inline Moment At(int seconds) {
  return At(std::chrono::seconds(seconds));
}

// An event about the pod shop/NAME.
inline kube::Event EventOf(const std::string& name, std::string message,
                           std::string_view reason = "HostPortMissing") {
  return {.involved = {.api_version = "v1",
                       .kind = "Pod",
                       .ns = kube::Symbol("shop"),
                       .name = kube::Symbol(name),
                       .uid = kube::Uid("uid-" + name)},
          .type = kube::EventType::kWarning,
          .reason = reason,
          .message = std::move(message),
          .component = "test"};
}

}  // namespace k8sm::events

#endif  // K8SM_TEST_UNIT_EVENTS_EVENTS_H_
