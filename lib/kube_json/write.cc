#include "lib/kube_json/write.h"

#include "lib/kube/timestamp.h"

#include <cstdint>
#include <cstring>

namespace k8sm::kube_json {
namespace {

void WriteLabels(JsonWriter& writer, std::string_view key, const kube::LabelMap& labels) {
  if (labels.empty()) return;
  WriteKey(writer, key);
  writer.StartObject();
  for (const kube::Label& label : labels) {
    WriteString(writer, label.key.get());
    WriteString(writer, label.value.get());
  }
  writer.EndObject();
}

constexpr std::uint64_t kEachByte = 0x0101010101010101;

// Not 0 if one of the bytes of `text` is less than `limit`: its highest bit is set then, and perhaps those of
// bytes above it. REQUIRES: limit <= 0x80.
constexpr std::uint64_t Less(std::uint64_t text, std::uint64_t limit) {
  return (text - kEachByte * limit) & ~text & kEachByte * 0x80;
}

// Whether one of eight characters must be escaped in JSON (RFC 8259, section 7).
constexpr bool NeedsEscape(std::uint64_t text) {
  const std::uint64_t is_quote = Less(text ^ kEachByte * '"', 1);
  const std::uint64_t is_backslash = Less(text ^ kEachByte * '\\', 1);
  return (Less(text, ' ') | is_quote | is_backslash) != 0;
}

bool NeedsEscape(std::string_view text) {
  std::uint64_t eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if (NeedsEscape(eight)) return true;
  }
  eight = kEachByte * 'x';
  text.copy(reinterpret_cast<char*>(&eight), text.size());
  return NeedsEscape(eight);
}

}  // namespace

void JsonWriter::Text(std::string_view text) {
  if (NeedsEscape(text)) {
    String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  } else {
    Plain(text);
  }
}

void JsonWriter::Plain(std::string_view text) {
  Prefix(rapidjson::kStringType);
  char* const to = os_->Push(text.size() + 2);
  to[0] = '"';
  text.copy(to + 1, text.size());
  to[text.size() + 1] = '"';
}

void WriteKey(JsonWriter& writer, std::string_view key) {
  writer.Plain(key);
}

void WriteString(JsonWriter& writer, std::string_view text) {
  writer.Text(text);
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
  members.copy(buffer.Push(members.size()), members.size());
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
