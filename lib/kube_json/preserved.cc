#include "lib/kube_json/preserved.h"

#include "lib/kube_json/write.h"

namespace k8sm::kube_json {
namespace {

// In the order of the fields in Go, which is that of an API server.
void WriteOwner(JsonWriter& writer, const OwnerReference& owner) {
  WriteMember(writer, "apiVersion", owner.api_version);
  WriteMember(writer, "kind", owner.kind);
  WriteMember(writer, "name", owner.name);
  WriteMember(writer, "uid", owner.uid);
  if (owner.controller) WriteBool(writer, "controller", *owner.controller);
  if (owner.block_owner_deletion) WriteBool(writer, "blockOwnerDeletion", *owner.block_owner_deletion);
}

}  // namespace

std::string EncodePreserved(const PreservedMeta& meta) {
  if (meta == PreservedMeta()) return {};
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteUnlessEmpty(writer, "generateName", meta.generate_name);
  if (meta.deletion_timestamp)
    WriteMember(writer, "deletionTimestamp", kube::FormatTimestamp(*meta.deletion_timestamp));
  if (meta.deletion_grace_period_seconds) {
    WriteKey(writer, "deletionGracePeriodSeconds");
    writer.Int64(*meta.deletion_grace_period_seconds);
  }
  if (!meta.owner_references.empty()) WriteList(writer, "ownerReferences", meta.owner_references, WriteOwner);
  if (!meta.finalizers.empty()) {
    WriteKey(writer, "finalizers");
    writer.StartArray();
    for (const std::string_view finalizer : meta.finalizers) WriteString(writer, finalizer);
    writer.EndArray();
  }
  writer.EndObject();
  // Without the braces: members that EndMeta() adds to others.
  return {buffer.GetString() + 1, buffer.GetSize() - 2};
}

}  // namespace k8sm::kube_json
