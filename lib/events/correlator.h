// Makes few writes of many events: what k8s.io/client-go/tools/record does between a controller and the API
// server.

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

// One and the same moment on both clocks: intervals are measured on one, events are dated by the other.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::sys_time<std::chrono::nanoseconds> wall;

  static Moment Now();
};

// "web-1.17a3f0c2b5d8e901": the object's name, shortened where the whole would be longer than a name may be
// (253), and the time in hexadecimal nanoseconds.
std::string EventName(const std::string& object, std::chrono::sys_time<std::chrono::nanoseconds> time);

// Three steps, each with a memory of the 4,096 keys used last (EventCorrelator, k8s.io/client-go):
//
//   aggregate  Ten different messages for one source, object, type and reason, none more than 600 s after
//              the one before, and those beyond nine are told in one event, whose message is the newest one
//              after kAggregated.
//   repeat     An event equal to an earlier one in all but its time is told by that one's count.
//   filter     Of one source, object and type 25 go through at once, and one more every 300 s.
//
// Pure: the time is passed in, and must not go back.
class EventCorrelator {
 public:
  static constexpr std::string_view kAggregated = "(combined from similar events): ";
  static constexpr std::size_t kMaxDistinct = 10;
  static constexpr std::chrono::seconds kAggregateInterval{600};
  static constexpr int kBurst = 25;
  static constexpr std::chrono::seconds kRefill{300};
  static constexpr std::size_t kMemory = 4096;

  // The event to write, named and dated: with a count of 1 it is new, else a repetition of the stored event
  // of that name. Nothing where it is filtered out.
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
