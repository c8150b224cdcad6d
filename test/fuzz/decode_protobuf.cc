// Fuzzes an object of type K8SM_FUZZED in protobuf, alone and in a watch event, and the Status of a refusal.

#include "lib/kube_proto/codec.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/writing.h"

#include <string_view>

namespace k8sm::fuzz {
namespace {

using Fuzzed = kube::K8SM_FUZZED;

void TryObject(std::string_view message) {
  const auto object = kube_proto::Decode<Fuzzed>(message);
  ExpectFitForTheLog(object);
  const auto meta = kube_proto::DecodeMeta(message);
  if (!object) return;
  Expect(meta && meta->Key() == object->meta.Key(), "an object has the key that is read of it");
  if constexpr (kIsWritten<Fuzzed>) ExpectSurvivesWriting(*object);
}

void TryEvent(std::string_view message) {
  if (const auto version = kube_proto::PeekEventVersion(message))
    Expect(!version->name.empty() && !version->uid.empty() && !version->resource_version.empty(),
           "a version that is found is whole");
  const auto event = kube_proto::DecodeWatchEvent<Fuzzed>(message);
  ExpectFitForTheLog(event);
  const auto meta = kube_proto::DecodeEventMeta(message);
  if (!event) return;
  if (event->type == kube::WatchEventType::kError) ExpectFitForTheLog(event->error);
  if (event->object)
    Expect(meta && meta->Key() == event->object->meta.Key(), "an event has the key that is read of it");
}

}  // namespace

void Try(std::string_view text) {
  TryObject(text);
  TryEvent(text);
  ExpectFitForTheLog(kube_proto::DecodeStatus(500, text));
}

}  // namespace k8sm::fuzz
