#include "lib/kube_json/write.h"

#include "lib/kube/timestamp.h"

namespace k8sm::kube_json {
namespace {

void WriteLabels(JsonWriter& writer, std::string_view key, const kube::LabelMap& labels) {
  if (labels.empty()) return;
  WriteKey(writer, key);
  writer.StartObject();
  for (const kube::Label& label : labels) WriteMember(writer, label.key.get(), label.value.get());
  writer.EndObject();
}

}  // namespace

void WriteKey(JsonWriter& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void WriteString(JsonWriter& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteMember(JsonWriter& writer, std::string_view key, std::string_view value) {
  WriteKey(writer, key);
  WriteString(writer, value);
}

void WriteBool(JsonWriter& writer, std::string_view key, bool value) {
  WriteKey(writer, key);
  writer.Bool(value);
}

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, std::string_view value) {
  if (!value.empty()) WriteMember(writer, key, value);
}

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::Symbol& value) {
  WriteUnlessEmpty(writer, key, std::string_view(value.get()));
}

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::Uid& value) {
  if (!value.empty()) WriteMember(writer, key, value.Text());
}

void WriteHead(JsonWriter& writer, std::string_view api_version, std::string_view kind) {
  WriteMember(writer, "apiVersion", api_version);
  WriteMember(writer, "kind", kind);
}

void BeginMeta(JsonWriter& writer, const kube::ObjectMeta& meta) {
  WriteKey(writer, "metadata");
  writer.StartObject();
  WriteUnlessEmpty(writer, "name", meta.name);
  WriteUnlessEmpty(writer, "namespace", meta.ns);
  WriteUnlessEmpty(writer, "uid", meta.uid);
  WriteUnlessEmpty(writer, "resourceVersion", meta.resource_version.Text());
  if (meta.creation_timestamp)
    WriteMember(writer, "creationTimestamp", kube::FormatTimestamp(*meta.creation_timestamp));
  WriteLabels(writer, "labels", meta.labels);
  WriteLabels(writer, "annotations", meta.annotations);
}

void EndMeta(JsonWriter& writer, Buffer& buffer, const kube::ObjectMeta& meta) {
  WritePreserved(buffer, meta.preserved.get());
  writer.EndObject();
}

// Appends complete members directly, because the writer has no function for that.
void WritePreserved(Buffer& buffer, std::string_view members) {
  if (!members.empty() && buffer.GetString()[buffer.GetSize() - 1] != '{') buffer.Put(',');
  for (const char c : members) buffer.Put(c);
}

void WriteTargetRef(JsonWriter& writer, const std::optional<kube::ObjectReference>& reference) {
  if (!reference) return;
  WriteKey(writer, "targetRef");
  writer.StartObject();
  WriteUnlessEmpty(writer, "kind", reference->kind);
  WriteUnlessEmpty(writer, "namespace", reference->ns);
  WriteUnlessEmpty(writer, "name", reference->name);
  WriteUnlessEmpty(writer, "uid", reference->uid);
  writer.EndObject();
}

void WritePort(JsonWriter& writer, const kube::EndpointPort& port) {
  WriteUnlessEmpty(writer, "name", port.name);
  WriteKey(writer, "port");
  writer.Int(port.port);
  WriteMember(writer, "protocol", kube::ToString(port.protocol));
  if (port.app_protocol) WriteMember(writer, "appProtocol", port.app_protocol->get());
}

}  // namespace k8sm::kube_json
