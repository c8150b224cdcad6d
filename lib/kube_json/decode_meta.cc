#include "lib/kube_json/decode.h"
#include "lib/kube_json/write.h"

#include <algorithm>

namespace k8sm::kube_json {
namespace {

// Members that Encode writes from other fields, and members that the API server maintains.
constexpr std::string_view kNotPreserved[] = {
    "annotations", "creationTimestamp", "generation",      "labels",   "managedFields",
    "name",        "namespace",         "resourceVersion", "selfLink", "uid",
};

// Of entries with the same time the last counts. Invalid managedFields are ignored, as they are only used for
// logging.
kube::Symbol ReadFieldManager(const Field& metadata) {
  kube::Symbol manager;
  if (!metadata.IsObject()) return manager;
  Problem ignored;
  const Field lenient(metadata.value(), ignored);
  const Field entries = lenient.Member("managedFields");
  std::optional<kube::Timestamp> newest;
  entries.ForEach([&](const Field& entry) {
    const auto time = entry.Member("time").Timestamp();
    if (time < newest) return;
    newest = time;
    manager = entry.Member("manager").Symbol();
  });
  return manager;
}

}  // namespace

kube::ObjectMeta ReadMeta(const Field& root, std::string_view annotations) {
  const Field metadata = root.Member("metadata");
  kube::ObjectMeta meta;
  // Read the name first, so that errors in other fields can name the object.
  meta.ns = metadata.Member("namespace").Symbol();
  const Field name = metadata.Member("name");
  meta.name = name.Symbol();
  if (meta.name.get().empty()) name.Refuse("missing");
  meta.uid = kube::Uid(metadata.Member("uid").String());
  meta.resource_version = metadata.Member("resourceVersion").String();
  meta.creation_timestamp = metadata.Member("creationTimestamp").Timestamp();
  meta.deletion_timestamp = metadata.Member("deletionTimestamp").Timestamp();
  meta.labels = metadata.Member("labels").Labels();
  const Field all_annotations = metadata.Member("annotations");
  all_annotations.ForEachEntry([&](std::string_view key, const Field& value) {
    if (key.starts_with(annotations)) meta.annotations.Set(kube::Symbol(key), value.Symbol());
  });
  return meta;
}

std::string ReadPreserved(const Field& object, std::span<const std::string_view> written) {
  std::string preserved;
  object.ForEachEntry([&](std::string_view name, const Field& field) {
    if (!field.present() || std::ranges::find(written, name) != written.end()) return;
    Buffer text;
    JsonWriter writer(text);
    WriteString(writer, name);
    if (!preserved.empty()) preserved += ',';
    preserved.append(text.GetString(), text.GetSize());
    preserved += ':';
    text.Clear();
    writer.Reset(text);
    field.value().Accept(writer);
    preserved.append(text.GetString(), text.GetSize());
  });
  return preserved;
}

kube::ObjectMeta ReadWholeMeta(const Field& root) {
  kube::ObjectMeta meta = ReadMeta(root);
  const Field metadata = root.Member("metadata");
  meta.preserved = kube::Symbol(ReadPreserved(metadata, kNotPreserved));
  meta.field_manager = ReadFieldManager(metadata);
  return meta;
}

}  // namespace k8sm::kube_json
