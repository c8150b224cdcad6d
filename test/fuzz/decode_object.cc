// Fuzzes an object of type K8SM_FUZZED, alone and in a watch event.

#include "lib/kube_json/answer.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/peek.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/writing.h"

#include <algorithm>
#include <string>
#include <type_traits>

namespace k8sm::fuzz {
namespace {

// Leases are read individually and never watched.
template <class T>
constexpr bool kIsWatched = !std::is_same_v<T, kube::Lease>;

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
  if constexpr (kIsWatched<T>) TryEvent<T>(text);
}

}  // namespace

void Try(std::string_view text) {
  TryObject<kube::K8SM_FUZZED>(text);
}

}  // namespace k8sm::fuzz
