#include "lib/kube_proto/codec.h"

#include "lib/base/printable.h"
#include "lib/kube/status.h"
#include "lib/kube_proto/decode.h"

#include <string>

namespace k8sm::kube_proto {
namespace {

using kube::WatchEvent;
using kube::WatchEventType;

template <class T>
bool IsOfKind(std::string_view kind) {
  return kind == kKind<T> || (kKind<T> == "Node" && kind == "PartialObjectMetadata");
}

// The metadata of a message, whatever else is wrong with it. Annotations of Nodes are not decoded, so that a
// broken one must not hide the name of an object that can be.
kube::ObjectMeta MetaOf(std::string_view message) {
  Problem problem;
  Message root(message, problem);
  kube::ObjectMeta meta = ReadMeta(root);
  if (problem.empty()) return meta;
  Problem ignored;
  Message again(message, ignored);
  kube::Node without_annotations;
  Read(again, without_annotations);
  return std::move(without_annotations.meta);
}

std::optional<kube::ObjectMeta> IfNamed(kube::ObjectMeta meta) {
  if (meta.name.empty()) return std::nullopt;
  return meta;
}

template <class T>
Error ErrorOf(std::string_view message, const Problem& problem) {
  Error error = kube::MalformedObject(kKind<T>, MetaOf(message), problem.text);
  error.code = problem.code;
  return error;
}

template <class T>
Result<T> DecodeMessage(std::string_view message) {
  Problem problem;
  T object;
  Message root(message, problem);
  Read(root, object);
  CheckName(object.meta, problem);
  if (problem.empty()) return object;
  return ErrorOf<T>(message, problem);
}

// A watch event without the decoded object.
struct Parts {
  std::string_view type;
  std::string_view object;  // an envelope
};

Parts ReadParts(std::string_view event, Problem& problem) {
  Parts parts;
  for (Message root(event, problem); root.Next();) {
    if (root.field() == 1) parts.type = root.Text("type");
    if (root.field() != 2) continue;
    for (Message object(root, "object"); object.Next();)
      if (object.field() == 1) parts.object = object.Bytes("raw");
  }
  return parts;
}

template <class T>
void ReadBookmark(std::string_view message, Problem& problem, WatchEvent<T>& event) {
  Message root(message, problem);
  const kube::ObjectMeta meta = ReadMeta(root);
  event.resource_version = meta.resource_version.Text();
  const kube::Symbol* const end = meta.annotations.Find(kube::kInitialEventsEnd);
  event.initial_events_end = end != nullptr && *end == "true";
  if (problem.empty() && event.resource_version.empty()) problem.text = ".metadata.resourceVersion: missing";
}

void ReadError(const Envelope& envelope, Error& error) {
  Problem ignored;
  kube::Status status;
  if (envelope.kind == "Status") {
    Message root(envelope.raw, ignored);
    Read(root, status);
  }
  error = kube::ToError(0, status);
  if (error.message.empty()) error.message = "an ERROR event that does not say why";
}

template <class T>
void ReadEvent(const Envelope& envelope, Problem& problem, WatchEvent<T>& event) {
  if (event.type == WatchEventType::kError) return ReadError(envelope, event.error);
  if (!IsOfKind<T>(envelope.kind)) {
    problem.text = "an object of kind " + Quoted(envelope.kind, 100);
    return;
  }
  Message root(envelope.raw, problem);
  switch (event.type) {
    case WatchEventType::kAdded:
    case WatchEventType::kModified:
      Read(root, event.object.emplace());
      CheckName(event.object->meta, problem);
      event.resource_version = event.object->meta.resource_version.Text();
      break;
    case WatchEventType::kDeleted:
      // A deleted object must be removed even if its content is invalid, so only the name is required.
      event.object.emplace().meta = MetaOf(envelope.raw);
      CheckName(event.object->meta, problem);
      event.resource_version = event.object->meta.resource_version.Text();
      break;
    case WatchEventType::kBookmark:
      ReadBookmark(envelope.raw, problem, event);
      break;
    case WatchEventType::kError:
      break;
  }
}

template <class T>
Result<WatchEvent<T>> DecodeEventMessage(std::string_view message) {
  Problem problem;
  const Parts parts = ReadParts(message, problem);
  const auto type = kube::WatchEventTypeOf(parts.type);
  if (problem.empty() && !type) problem.text = ".type: " + Quoted(parts.type, 100) + " is not an event type";
  Envelope envelope;
  if (problem.empty()) envelope = OpenEnvelope(parts.object, problem);
  WatchEvent<T> event{.type = type.value_or(WatchEventType::kError)};
  if (problem.empty()) ReadEvent(envelope, problem, event);
  if (problem.empty()) return event;
  return ErrorOf<T>(envelope.raw, problem);
}

}  // namespace

std::optional<kube::ObjectMeta> DecodeMeta(std::string_view message) {
  return IfNamed(MetaOf(message));
}

std::optional<kube::ObjectMeta> DecodeEventMeta(std::string_view event) {
  Problem ignored;
  const Parts parts = ReadParts(event, ignored);
  ignored = {};
  return IfNamed(MetaOf(OpenEnvelope(parts.object, ignored).raw));
}

std::optional<kube::ObjectVersion> PeekEventVersion(std::string_view event) {
  Problem problem;
  const Parts parts = ReadParts(event, problem);
  if (parts.type != "ADDED" && parts.type != "MODIFIED") return std::nullopt;
  Message root(OpenEnvelope(parts.object, problem).raw, problem);
  // Servers write the metadata first.
  if (!root.Next() || root.field() != 1) return std::nullopt;
  kube::ObjectVersion version;
  for (Message metadata(root, "metadata"); metadata.Next();) {
    switch (metadata.field()) {
      case 1:
        version.name = metadata.Text("name");
        break;
      case 3:
        version.ns = metadata.Text("namespace");
        break;
      case 5:
        version.uid = metadata.Text("uid");
        break;
      case 6:
        version.resource_version = metadata.Text("resourceVersion");
        break;
      default:
        break;
    }
  }
  const bool whole = !version.name.empty() && !version.uid.empty() && !version.resource_version.empty();
  if (!whole || !problem.empty()) return std::nullopt;
  return version;
}

template <>
Result<kube::Pod> Decode(std::string_view message) {
  return DecodeMessage<kube::Pod>(message);
}

template <>
Result<kube::Service> Decode(std::string_view message) {
  return DecodeMessage<kube::Service>(message);
}

template <>
Result<kube::Endpoints> Decode(std::string_view message) {
  return DecodeMessage<kube::Endpoints>(message);
}

template <>
Result<kube::EndpointSlice> Decode(std::string_view message) {
  return DecodeMessage<kube::EndpointSlice>(message);
}

template <>
Result<kube::Node> Decode(std::string_view message) {
  return DecodeMessage<kube::Node>(message);
}

template <>
Result<WatchEvent<kube::Pod>> DecodeWatchEvent(std::string_view event) {
  return DecodeEventMessage<kube::Pod>(event);
}

template <>
Result<WatchEvent<kube::Service>> DecodeWatchEvent(std::string_view event) {
  return DecodeEventMessage<kube::Service>(event);
}

template <>
Result<WatchEvent<kube::Endpoints>> DecodeWatchEvent(std::string_view event) {
  return DecodeEventMessage<kube::Endpoints>(event);
}

template <>
Result<WatchEvent<kube::EndpointSlice>> DecodeWatchEvent(std::string_view event) {
  return DecodeEventMessage<kube::EndpointSlice>(event);
}

template <>
Result<WatchEvent<kube::Node>> DecodeWatchEvent(std::string_view event) {
  return DecodeEventMessage<kube::Node>(event);
}

}  // namespace k8sm::kube_proto
