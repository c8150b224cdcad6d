// Reduces the number of writes per event, as k8s.io/client-go/tools/record does.

#ifndef K8SM_LIB_EVENTS_CORRELATOR_H_
#define K8SM_LIB_EVENTS_CORRELATOR_H_

#include "lib/client/rate_limiter.h"
#include "lib/events/lru_map.h"
#include "lib/kube/event.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace k8sm::events {

// The same instant on both clocks. Intervals are measured with the steady clock, events are dated with the
// wall clock.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::sys_time<std::chrono::nanoseconds> wall;

  // Reads both clocks.
  static Moment Now();
};

// Returns the name of an event: "web-1.17a3f0c2b5d8e901", i.e. the object's name and the time in hexadecimal
// nanoseconds. The object's name is shortened if the result would exceed 253 bytes.
std::string EventName(std::string_view object, std::chrono::sys_time<std::chrono::nanoseconds> time);

// Correlates events in three steps, each with state for the 4,096 most recently used keys (EventCorrelator,
// k8s.io/client-go):
//
//   aggregate  From the tenth distinct message for one source, object, type and reason on, each within
//              600 s of the previous one, messages are combined into one event whose message is kAggregated
//              followed by the newest message.
//   count      An event that differs from an earlier one only in its time increments that event's count.
//   filter     For one source, object and type, 25 events pass at once and one more every 300 s.
//
// No I/O and no clock: the caller passes the current time, which must not go backwards.
class EventCorrelator {
 public:
  static constexpr std::string_view kAggregated = "(combined from similar events): ";
  static constexpr std::size_t kMaxDistinct = 10;
  static constexpr std::chrono::seconds kAggregateInterval{600};
  static constexpr int kBurst = 25;
  static constexpr std::chrono::seconds kRefill{300};
  static constexpr std::size_t kMemory = 4096;

  // Returns the event to write, with name and times set, or nullopt if it is filtered out. A count of 1 means
  // a new event, a higher count an update of the stored event of that name.
  std::optional<kube::Event> Correlate(kube::Event event, const Moment& now);

 private:
  struct Similar {
    std::set<std::string> messages;
    std::chrono::steady_clock::time_point last;
  };
  struct Told {
    std::string name;
    kube::Timestamp first;
    std::int32_t count = 0;
  };

  bool Aggregates(const kube::Event& event, const std::string& key, const Moment& now);
  void Count(kube::Event& event, const std::string& key, const Moment& now);
  bool Admits(const kube::Event& event, const Moment& now);

  LruMap<Similar> similar_{kMemory};
  LruMap<Told> told_{kMemory};
  LruMap<client::TokenBucket> buckets_{kMemory};
};

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_CORRELATOR_H_
