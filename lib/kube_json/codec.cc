#include "lib/kube_json/codec.h"

#include "lib/base/printable.h"
#include "lib/kube/status.h"
#include "lib/kube_json/decode.h"
#include "lib/kube_json/parse.h"

#include <utility>

namespace k8sm::kube_json {
namespace {

// Invalid JSON contains no name by which to identify the object.
Error OfKind(std::string_view kind, Error error) {
  error.message = std::string(kind) + ": " + error.message;
  return error;
}

std::optional<kube::ObjectMeta> MetaOf(const Field& object) {
  kube::ObjectMeta meta = ReadMeta(object);
  if (meta.name.get().empty()) return std::nullopt;
  return meta;
}

template <class T>
Result<T> DecodeText(std::string_view json) {
  const auto tree = Parse(json);
  if (tree.has_error()) return OfKind(kKind<T>, tree.error());
  Problem problem;
  T object;
  Read(Field(**tree, problem), object);
  if (!problem.empty()) return kube::MalformedObject(kKind<T>, object.meta, problem);
  return object;
}

WatchEventType ReadType(const Field& field) {
  const auto type = kube::WatchEventTypeOf(field.String());
  if (!type) field.Refuse(Quoted(field.String(), 100) + " is not an event type");
  return type.value_or(WatchEventType::kError);
}

template <class T>
void ReadBookmark(const Field& object, WatchEvent<T>& event) {
  const Field metadata = object.Member("metadata");
  const Field version = metadata.Member("resourceVersion");
  event.resource_version = version.String();
  if (event.resource_version.empty()) version.Refuse("missing");
  const Field annotations = metadata.Member("annotations");
  event.initial_events_end = annotations.Member(kube::kInitialEventsEnd).String() == "true";
}

// A deleted object must be removed even if its content is invalid, so only the name is required.
template <class T>
void ReadDeleted(const Field& object, WatchEvent<T>& event) {
  kube::ObjectMeta& meta = event.object.emplace().meta;
  Problem ignored;
  meta = ReadMeta(Field(object.value(), ignored));
  event.resource_version = meta.resource_version.Text();
  if (meta.name.get().empty()) ReadMeta(object);
}

// Reads a part as a document of its own, so that paths in errors begin at `object`.
template <class T>
void ReadEvent(const Field& object, WatchEvent<T>& event) {
  switch (event.type) {
    case WatchEventType::kAdded:
    case WatchEventType::kModified:
      Read(object, event.object.emplace());
      event.resource_version = event.object->meta.resource_version.Text();
      break;
    case WatchEventType::kDeleted:
      ReadDeleted(object, event);
      break;
    case WatchEventType::kBookmark:
      ReadBookmark(object, event);
      break;
    case WatchEventType::kError:
      event.error = ReadStatus(0, object.value());
      if (event.error.message.empty()) event.error.message = "an ERROR event that does not say why";
      break;
  }
}

template <class T>
Result<WatchEvent<T>> DecodeEventText(std::string_view json) {
  const auto tree = Parse(json);
  if (tree.has_error()) return OfKind(kKind<T>, tree.error());
  Problem problem;
  const Field root(**tree, problem);
  const Field object = root.Member("object");
  if (!object.present()) object.Refuse("missing");
  WatchEvent<T> event{.type = ReadType(root.Member("type"))};
  if (problem.empty()) ReadEvent(Field(object.value(), problem), event);
  if (problem.empty()) return event;
  Problem ignored;
  return kube::MalformedObject(kKind<T>, ReadMeta(object.present() ? Field(object.value(), ignored) : root),
                               problem);
}

}  // namespace

std::optional<kube::ObjectMeta> DecodeMeta(std::string_view json) {
  const auto tree = Parse(json);
  if (tree.has_error()) return std::nullopt;
  Problem ignored;
  return MetaOf(Field(**tree, ignored));
}

std::optional<kube::ObjectMeta> DecodeEventMeta(std::string_view json) {
  const auto tree = Parse(json);
  if (tree.has_error()) return std::nullopt;
  Problem ignored;
  const Field event(**tree, ignored);
  return MetaOf(event.Member("object"));
}

template <>
Result<kube::Pod> Decode(std::string_view json) {
  return DecodeText<kube::Pod>(json);
}

template <>
Result<kube::Service> Decode(std::string_view json) {
  return DecodeText<kube::Service>(json);
}

template <>
Result<kube::Endpoints> Decode(std::string_view json) {
  return DecodeText<kube::Endpoints>(json);
}

template <>
Result<kube::EndpointSlice> Decode(std::string_view json) {
  return DecodeText<kube::EndpointSlice>(json);
}

template <>
Result<kube::Node> Decode(std::string_view json) {
  return DecodeText<kube::Node>(json);
}

template <>
Result<kube::Lease> Decode(std::string_view json) {
  return DecodeText<kube::Lease>(json);
}

template <>
Result<WatchEvent<kube::Pod>> DecodeWatchEvent(std::string_view json) {
  return DecodeEventText<kube::Pod>(json);
}

template <>
Result<WatchEvent<kube::Service>> DecodeWatchEvent(std::string_view json) {
  return DecodeEventText<kube::Service>(json);
}

template <>
Result<WatchEvent<kube::Endpoints>> DecodeWatchEvent(std::string_view json) {
  return DecodeEventText<kube::Endpoints>(json);
}

template <>
Result<WatchEvent<kube::EndpointSlice>> DecodeWatchEvent(std::string_view json) {
  return DecodeEventText<kube::EndpointSlice>(json);
}

template <>
Result<WatchEvent<kube::Node>> DecodeWatchEvent(std::string_view json) {
  return DecodeEventText<kube::Node>(json);
}

}  // namespace k8sm::kube_json
