#include "lib/events/correlator.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace k8sm::events {
namespace {

using kube::Event;
using std::chrono::nanoseconds;
using WallTime = std::chrono::sys_time<nanoseconds>;

// Maximum length of a DNS-1123 subdomain.
constexpr std::size_t kMaxName = 253;

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string joined;
  // The separator cannot occur in any of the parts.
  for (const std::string_view part : parts) joined.append("\n").append(part);
  return joined;
}

// One key per source, object and type.
std::string SpamKey(const Event& event) {
  const kube::InvolvedObject& object = event.involved;
  return Join({event.component, object.kind, object.ns.get(), object.name.get(), object.uid.Text(),
               object.api_version, kube::ToString(event.type)});
}

std::string Hex(std::uint64_t number) {
  std::string digits;
  do digits += "0123456789abcdef"[number % 16];
  while ((number /= 16) > 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

Moment Moment::Now() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

std::string EventName(std::string_view object, WallTime time) {
  const std::string suffix = "." + Hex(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  std::string name(object.substr(0, kMaxName - suffix.size()));
  // A label of the name must end with a letter or digit.
  while (!name.empty() && !std::isalnum(static_cast<unsigned char>(name.back()))) name.pop_back();
  return name + suffix;
}

std::optional<Event> EventCorrelator::Correlate(Event event, const Moment& now) {
  std::string key = Join({SpamKey(event), event.reason});
  if (Aggregates(event, key, now)) {
    event.message.insert(0, kAggregated);
  } else {
    key = Join({key, event.message});
  }
  Count(event, key, now);
  if (!Admits(event, now)) return std::nullopt;
  return event;
}

bool EventCorrelator::Aggregates(const Event& event, const std::string& key, const Moment& now) {
  Similar& similar = similar_.FindOrAdd(key);
  if (now.steady - similar.last > kAggregateInterval) similar.messages.clear();
  similar.last = now.steady;
  if (similar.messages.size() + 1 < kMaxDistinct) {
    similar.messages.insert(event.message);
    return false;
  }
  return !similar.messages.contains(event.message);
}

// Also counts events that are then filtered, so that the next written event has the total count.
void EventCorrelator::Count(Event& event, const std::string& key, const Moment& now) {
  Told& told = told_.FindOrAdd(key);
  const auto second = std::chrono::floor<std::chrono::seconds>(now.wall);
  if (told.count == 0) told = {EventName(event.involved.name.get(), now.wall), second, 0};
  event.name = told.name;
  event.first = told.first;
  event.last = second;
  event.count = ++told.count;
}

bool EventCorrelator::Admits(const Event& event, const Moment& now) {
  client::TokenBucket& bucket = buckets_.FindOrAdd(
      SpamKey(event), [] { return client::TokenBucket(1.0 / static_cast<double>(kRefill.count()), kBurst); });
  const bool admitted = bucket.Reserve(now.steady) == nanoseconds(0);
  if (!admitted) bucket.GiveBack();
  return admitted;
}

}  // namespace k8sm::events
