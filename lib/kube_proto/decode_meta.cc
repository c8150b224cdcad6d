// ObjectMeta, and the envelope of objects. Field numbers are those of generated.proto in
// k8s.io/apimachinery/pkg/apis/meta/v1 and pkg/runtime.

#include "lib/base/printable.h"
#include "lib/base/utf8.h"
#include "lib/kube_proto/decode.h"

namespace k8sm::kube_proto {

Entry ReadEntry(Message& map, std::string_view name, Value value) {
  Entry read;
  for (Message entry(map, name); entry.Next();) {
    if (entry.field() == 1) read.key = entry.Text("key");
    if (entry.field() == 2)
      read.value = value == Value::kChecked ? entry.Text("value") : entry.Bytes("value");
  }
  return read;
}

Entry ReadAnnotation(Message& metadata) {
  return ReadEntry(metadata, "annotations", Value::kUnchecked);
}

void KeepAnnotation(const Entry& annotation, std::string_view prefix, kube::ObjectMeta& meta) {
  if (!annotation.key.starts_with(prefix)) return;
  const bool valid = Utf8Prefix(annotation.value) == annotation.value.size();
  meta.annotations.Set(kube::Symbol(annotation.key),
                       valid ? kube::Symbol(annotation.value) : kube::Symbol(ToUtf8(annotation.value)));
}

bool ReadMetaField(Message& metadata, std::string_view annotations, kube::ObjectMeta& meta) {
  switch (metadata.field()) {
    case 1:
      meta.name = metadata.Symbol("name");
      break;
    case 3:
      meta.ns = metadata.Symbol("namespace");
      break;
    case 5:
      meta.uid = kube::Uid(metadata.Text("uid"));
      break;
    case 6:
      meta.resource_version = metadata.Text("resourceVersion");
      break;
    case 8:
      meta.creation_timestamp = metadata.Timestamp("creationTimestamp");
      break;
    case 9:
      meta.deletion_timestamp = metadata.Timestamp("deletionTimestamp");
      break;
    case 11: {
      const Entry label = ReadEntry(metadata, "labels");
      meta.labels.Set(kube::Symbol(label.key), kube::Symbol(label.value));
      break;
    }
    case kAnnotations:
      KeepAnnotation(ReadAnnotation(metadata), annotations, meta);
      break;
    default:
      return false;
  }
  return true;
}

kube::ObjectMeta ReadMeta(Message& root) {
  kube::ObjectMeta meta;
  while (root.Next()) {
    if (root.field() != 1) continue;
    for (Message metadata(root, "metadata"); metadata.Next();) ReadMetaField(metadata, {}, meta);
  }
  return meta;
}

void CheckName(const kube::ObjectMeta& meta, Problem& problem) {
  if (problem.empty() && meta.name.empty()) problem.text = ".metadata.name: missing";
}

Envelope OpenEnvelope(std::string_view bytes, Problem& problem) {
  if (!bytes.starts_with(kMagic)) {
    problem.text = "not an object in protobuf: " + Quoted(bytes, 100);
    return {};
  }
  Envelope envelope;
  for (Message unknown(bytes.substr(kMagic.size()), problem); unknown.Next();) {
    if (unknown.field() == 1) {
      for (Message type(unknown, "typeMeta"); type.Next();)
        if (type.field() == 2) envelope.kind = type.Text("kind");
    } else if (unknown.field() == 2) {
      envelope.raw = unknown.Bytes("raw");
    }
  }
  return envelope;
}

}  // namespace k8sm::kube_proto
