#include "lib/events/correlator.h"

#include "test/support/catch.h"
#include "test/unit/events/events.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

namespace k8sm::events {
namespace {

using kube::Event;

// "1 text", the count and the message; "-" for one that is filtered out.
std::string Told(EventCorrelator& correlator, const Event& event, const Moment& now) {
  const auto written = correlator.Correlate(event, now);
  return written ? std::to_string(written->count) + " " + written->message : "-";
}

TEST_CASE("an event is named after its object and the time") {
  using std::chrono::nanoseconds;
  const auto at = [](std::int64_t time) { return std::chrono::sys_time<nanoseconds>(nanoseconds(time)); };
  CHECK(EventName("web-1", at(0x17a3f0c2b5d8e901)) == "web-1.17a3f0c2b5d8e901");
  CHECK(EventName("web-1", at(0)) == "web-1.0");
}

TEST_CASE("the name of an event about an object with a long name is a valid name") {
  const auto time = At(0).wall;
  for (std::size_t length = 230; length <= 253; ++length) {
    // Each of the characters is once the last before the cut.
    std::string object(length, 'a');
    for (std::size_t i = 1; i + 1 < length; i += 3) object.replace(i, 2, "-.");
    const std::string name = EventName(object, time);
    CHECK(name.size() <= 253);
    CHECK(name.find("..") == std::string::npos);
    CHECK(name.find("-.1") == std::string::npos);
  }
}

TEST_CASE("the name of an event is cut to exactly the length of the longest name") {
  const auto time = At(0).wall;
  const std::string suffix = EventName("", time);
  const std::string longest(253 - suffix.size(), 'a');
  CHECK(EventName(longest, time) == longest + suffix);
  CHECK(EventName(longest + "b", time) == longest + suffix);
}

TEST_CASE("events share a rate limit if their source, object and type are equal") {
  const Event event = EventOf("a", "x");
  std::vector<Event> others(6, event);
  others[0].involved.uid = kube::Uid("another");
  others[1].component = "somebody else";
  others[2].type = kube::EventType::kNormal;
  others[3].involved.kind = "Service";
  others[4].involved.api_version = "v2";
  others[5].involved.ns = kube::Symbol("market");
  EventCorrelator correlator;
  for (int i = 0; i < 25; ++i) Told(correlator, event, At(0));
  CHECK(Told(correlator, event, At(0)) == "-");
  CHECK(Told(correlator, EventOf("a", "another message"), At(0)) == "-");
  for (const Event& other : others) CHECK(Told(correlator, other, At(0)) == "1 x");
}

TEST_CASE("a first event has its time and a count of 1") {
  EventCorrelator correlator;
  const auto event = correlator.Correlate(EventOf("a", "no host port"), At(7));
  REQUIRE(event);
  CHECK(event->name == EventName("a", At(7).wall));
  CHECK(kube::FormatTimestamp(event->first) == "2026-01-01T00:00:07Z");
  CHECK(kube::FormatTimestamp(event->last) == "2026-01-01T00:00:07Z");
  CHECK(event->count == 1);
  CHECK(event->message == "no host port");
}

TEST_CASE("a repeated event has the name of the first and a higher count") {
  EventCorrelator correlator;
  const auto first = correlator.Correlate(EventOf("a", "no host port"), At(0));
  const auto second = correlator.Correlate(EventOf("a", "no host port"), At(3600));
  REQUIRE(second);
  CHECK(second->name == first->name);
  CHECK(second->first == first->first);
  CHECK(second->last == first->last + std::chrono::hours(1));
  CHECK(second->count == 2);
}

TEST_CASE("events that differ in any field but the resourceVersion of their object are separate") {
  const Event event = EventOf("a", "no host port");
  std::vector<Event> others(9, event);
  others[0].involved.uid = kube::Uid("of the next pod with that name");
  others[1].reason = "HostPortConflict";
  others[2].message = "another";
  others[3].component = "somebody else";
  others[4].type = kube::EventType::kNormal;
  others[5].involved.kind = "Service";
  others[6].involved.api_version = "v2";
  others[7].involved.ns = kube::Symbol("market");
  others[8].involved.name = kube::Symbol("b");
  for (const Event& other : others) {
    EventCorrelator correlator;
    Told(correlator, event, At(0));
    CHECK(Told(correlator, other, At(1)) == "1 " + other.message);
  }
  // The resourceVersion of the object does not count.
  EventCorrelator correlator;
  Told(correlator, event, At(0));
  Event later = event;
  later.involved.resource_version = "42";
  CHECK(Told(correlator, later, At(1)) == "2 no host port");
}

TEST_CASE("from the tenth message on similar events are combined into one") {
  EventCorrelator correlator;
  for (int i = 1; i <= 9; ++i) {
    CHECK(Told(correlator, EventOf("a", std::to_string(i)), At(i)) == "1 " + std::to_string(i));
  }
  CHECK(Told(correlator, EventOf("a", "10"), At(10)) == "1 (combined from similar events): 10");
  CHECK(Told(correlator, EventOf("a", "11"), At(11)) == "2 (combined from similar events): 11");
  CHECK(Told(correlator, EventOf("a", "11"), At(12)) == "3 (combined from similar events): 11");
  // Events that were written separately stay so, as do those of other objects and with other reasons.
  CHECK(Told(correlator, EventOf("a", "9"), At(13)) == "2 9");
  CHECK(Told(correlator, EventOf("b", "12"), At(14)) == "1 12");
  CHECK(Told(correlator, EventOf("a", "12", "HostPortConflict"), At(15)) == "1 12");
}

TEST_CASE("similar events are separate again after ten minutes without one") {
  EventCorrelator correlator;
  for (int i = 1; i <= 9; ++i) Told(correlator, EventOf("a", std::to_string(i)), At(0));
  CHECK(Told(correlator, EventOf("a", "10"), At(600)) == "1 (combined from similar events): 10");
  CHECK(Told(correlator, EventOf("a", "11"), At(1200)) == "2 (combined from similar events): 11");
  CHECK(Told(correlator, EventOf("a", "12"), At(1801)) == "1 12");
}

TEST_CASE("25 events of one object pass at once, and one more every five minutes") {
  EventCorrelator correlator;
  for (int i = 1; i <= 25; ++i) CHECK(Told(correlator, EventOf("a", "x"), At(0)) != "-");
  CHECK(Told(correlator, EventOf("a", "x"), At(0)) == "-");
  CHECK(Told(correlator, EventOf("a", "x", "HostPortConflict"), At(299)) == "-");
  CHECK(Told(correlator, EventOf("b", "x"), At(299)) == "1 x");
  // Filtered events are counted nevertheless.
  CHECK(Told(correlator, EventOf("a", "x"), At(301)) == "27 x");
  CHECK(Told(correlator, EventOf("a", "x"), At(302)) == "-");
  CHECK(Told(correlator, EventOf("a", "x"), At(601)) == "29 x");
}

TEST_CASE("warnings about an object do not use up the rate limit of its normal events") {
  EventCorrelator correlator;
  for (int i = 1; i <= 26; ++i) Told(correlator, EventOf("a", "x"), At(0));
  Event normal = EventOf("a", "x");
  normal.type = kube::EventType::kNormal;
  CHECK(Told(correlator, normal, At(0)) == "1 x");
}

TEST_CASE("beyond 4096 objects the least recently used ones are forgotten") {
  EventCorrelator correlator;
  const auto tell = [&](int i) { return Told(correlator, EventOf("pod-" + std::to_string(i), "x"), At(i)); };
  for (int i = 0; i < 4096; ++i) tell(i);
  CHECK(tell(0) == "2 x");
  CHECK(tell(4096) == "1 x");
  CHECK(tell(0) == "3 x");
  CHECK(tell(1) == "1 x");
}

// No object's events pass faster than the filter allows, no object has more than ten stored events of one
// reason, and the counts of a stored event increase.
TEST_CASE("many random events result in few writes and few stored events") {
  std::minstd_rand random(11);
  EventCorrelator correlator;
  std::map<std::string, int> written;                  // by object
  std::map<std::string, std::set<std::string>> names;  // of stored events, by object
  std::map<std::string, int> counts;                   // by stored event
  int seconds = 0;
  for (int i = 0; i < 20'000; ++i) {
    seconds = i / 20;
    const std::string object = "pod-" + std::to_string(random() % 5);
    const auto event = correlator.Correlate(EventOf(object, std::to_string(random() % 50)),
                                            At(std::chrono::milliseconds(50 * i)));
    if (!event) continue;
    ++written[object];
    names[object].insert(event->name);
    CHECK(event->count > counts[event->name]);
    counts[event->name] = event->count;
  }
  for (const auto& [object, writes] : written) {
    CHECK(writes <= 25 + seconds / 300 + 1);
    CHECK(names[object].size() <= 10);
  }
}

}  // namespace
}  // namespace k8sm::events
