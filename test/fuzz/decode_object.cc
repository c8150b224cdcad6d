// Fuzzes an object of type K8SM_FUZZED, alone and in a watch event.

#include "lib/kube_json/answer.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/peek.h"
#include "test/fuzz/fuzz.h"

#include <algorithm>
#include <string>
#include <type_traits>

namespace k8sm::fuzz {
namespace {

// Leases are read individually and never watched.
template <class T>
constexpr bool kIsWatched = !std::is_same_v<T, kube::Lease>;
template <class T>
constexpr bool kIsWritten = requires(const T& object) {
  kube_json::Encode(object);
};

bool IsSame(const kube::ObjectMeta& a, const kube::ObjectMeta& b) {
  return a.Key() == b.Key() && a.uid == b.uid && a.resource_version == b.resource_version &&
         a.creation_timestamp == b.creation_timestamp && a.deletion_timestamp == b.deletion_timestamp &&
         a.labels == b.labels && a.annotations == b.annotations && a.preserved == b.preserved;
}

[[maybe_unused]] bool IsSame(const kube::Endpoints& a, const kube::Endpoints& b) {
  return IsSame(a.meta, b.meta) && a.subsets == b.subsets;
}

[[maybe_unused]] bool IsSame(const kube::EndpointSlice& a, const kube::EndpointSlice& b) {
  return IsSame(a.meta, b.meta) && a.family == b.family && a.owner == b.owner && a.ports == b.ports &&
         a.endpoints == b.endpoints;
}

[[maybe_unused]] bool IsSame(const kube::Lease& a, const kube::Lease& b) {
  return IsSame(a.meta, b.meta) && a.holder_identity == b.holder_identity &&
         a.lease_duration_seconds == b.lease_duration_seconds && a.acquire_time == b.acquire_time &&
         a.renew_time == b.renew_time && a.lease_transitions == b.lease_transitions &&
         a.preserved_spec == b.preserved_spec;
}

// Whether the object can be updated, with an encoding that contains all its fields.
[[maybe_unused]] bool CanBeWritten(const kube::Endpoints&) {
  return true;
}
[[maybe_unused]] bool CanBeWritten(const kube::Lease&) {
  return true;
}
[[maybe_unused]] bool CanBeWritten(const kube::EndpointSlice& slice) {
  return slice.family && !slice.meta.resource_version.empty() &&
         std::ranges::all_of(slice.endpoints, &kube::SliceEndpoint::exact);
}

// An answer with the object that was sent, or with one that was read, decodes to that object.
template <class T>
void ExpectAnswers(const T& object, std::string_view text) {
  if (!CanBeWritten(object)) return;
  const std::string written = kube_json::Encode(object);
  for (const std::string_view answer : {std::string_view(written), text}) {
    const auto stored = kube_json::DecodeAnswer(answer, object, written);
    Expect(stored && IsSame(*stored, object), "an answer is decoded to what it says");
  }
}

// An update loses no field: decoding the encoded object gives the same object.
template <class T>
void ExpectSurvivesWriting(const T& object) {
  if (!CanBeWritten(object)) return;
  const std::string written = kube_json::Encode(object);
  const auto again = kube_json::Decode<T>(written);
  Expect(again.has_value(), "what is written can be read");
  Expect(IsSame(*again, object), "what is written is what was read");
  Expect(kube_json::Encode(*again) == written, "what is written again is the same");
}

template <class T>
void TryEvent(std::string_view text) {
  const auto event = kube_json::DecodeWatchEvent<T>(text);
  ExpectFitForTheLog(event);
  if (!event) return;
  if (event->type == kube_json::WatchEventType::kError) ExpectFitForTheLog(event->error);
  if (!event->object) return;
  const auto meta = kube_json::DecodeEventMeta(text);
  Expect(meta && meta->Key() == event->object->meta.Key(), "an event has the key that is read of it");
}

template <class T>
void TryObject(std::string_view text) {
  const auto object = kube_json::Decode<T>(text);
  ExpectFitForTheLog(object);
  if (object) {
    const auto meta = kube_json::DecodeMeta(text);
    Expect(meta && meta->Key() == object->meta.Key(), "an object has the key that is read of it");
    if constexpr (kIsWritten<T>) ExpectSurvivesWriting(*object);
    if constexpr (requires { kube_json::DecodeAnswer(text, *object, text); }) ExpectAnswers(*object, text);
  }
  if (const auto version = kube_json::PeekVersion(text))
    Expect(!version->name.empty() && !version->resource_version.empty(), "a version that is found is whole");
  (void)kube_json::PeekEvent(text);
  if constexpr (kIsWatched<T>) TryEvent<T>(text);
}

}  // namespace

void Try(std::string_view text) {
  TryObject<kube::K8SM_FUZZED>(text);
}

}  // namespace k8sm::fuzz
