#include "lib/kube_json/codec.h"
#include "lib/kube_json/write.h"

namespace k8sm::kube_json {
namespace {

void WriteOwner(JsonWriter& writer, const kube::ServiceOwner& owner) {
  WriteKey(writer, "ownerReferences");
  writer.StartArray();
  writer.StartObject();
  WriteHead(writer, "v1", "Service");
  WriteMember(writer, "name", owner.name.get());
  WriteMember(writer, "uid", owner.uid.Text());
  WriteBool(writer, "controller", true);
  WriteBool(writer, "blockOwnerDeletion", true);
  writer.EndObject();
  writer.EndArray();
}

void WriteMeta(JsonWriter& writer, Buffer& buffer, const kube::EndpointSlice& slice) {
  BeginMeta(writer, slice.meta);
  // For a stored slice, both are part of the preserved metadata.
  if (slice.meta.resource_version.empty()) {
    WriteUnlessEmpty(writer, "generateName", std::string_view(slice.generate_name));
    if (slice.owner) WriteOwner(writer, *slice.owner);
  }
  EndMeta(writer, buffer, slice.meta);
}

// Writes a list with one name, or nothing if the name is empty.
void WriteHint(JsonWriter& writer, std::string_view key, const kube::Symbol& name) {
  if (name.get().empty()) return;
  WriteKey(writer, key);
  writer.StartArray();
  writer.StartObject();
  WriteMember(writer, "name", name.get());
  writer.EndObject();
  writer.EndArray();
}

void WriteHints(JsonWriter& writer, const kube::SliceEndpoint& endpoint) {
  if (endpoint.zone_hint.get().empty() && endpoint.node_hint.get().empty()) return;
  WriteKey(writer, "hints");
  writer.StartObject();
  WriteHint(writer, "forZones", endpoint.zone_hint);
  WriteHint(writer, "forNodes", endpoint.node_hint);
  writer.EndObject();
}

void WriteEndpoint(JsonWriter& writer, const kube::SliceEndpoint& endpoint) {
  WriteKey(writer, "addresses");
  writer.StartArray();
  WriteString(writer, endpoint.address.get());
  writer.EndArray();
  WriteKey(writer, "conditions");
  writer.StartObject();
  WriteBool(writer, "ready", endpoint.ready);
  WriteBool(writer, "serving", endpoint.serving);
  WriteBool(writer, "terminating", endpoint.terminating);
  writer.EndObject();
  WriteUnlessEmpty(writer, "hostname", endpoint.hostname);
  WriteTargetRef(writer, endpoint.target_ref);
  WriteUnlessEmpty(writer, "nodeName", endpoint.node_name);
  WriteUnlessEmpty(writer, "zone", endpoint.zone);
  WriteHints(writer, endpoint);
}

}  // namespace

std::string Encode(const kube::EndpointSlice& slice) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "discovery.k8s.io/v1", "EndpointSlice");
  WriteMeta(writer, buffer, slice);
  if (slice.family) WriteMember(writer, "addressType", kube::ToString(*slice.family));
  WriteList(writer, "endpoints", slice.endpoints, WriteEndpoint);
  WriteList(writer, "ports", slice.ports, WritePort);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
