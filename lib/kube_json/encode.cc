#include "lib/kube_json/codec.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace k8sm::kube_json {
namespace {

using Buffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<Buffer>;

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

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, std::string_view value) {
  if (!value.empty()) WriteMember(writer, key, value);
}

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::Symbol& value) {
  WriteUnlessEmpty(writer, key, std::string_view(value.get()));
}

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::LabelMap& labels) {
  if (labels.empty()) return;
  WriteKey(writer, key);
  writer.StartObject();
  for (const kube::Label& label : labels) WriteMember(writer, label.key.get(), label.value.get());
  writer.EndObject();
}

// A list of what `write` writes of each element.
template <class T, class Write>
void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const std::vector<T>& list, Write write) {
  if (list.empty()) return;
  WriteKey(writer, key);
  writer.StartArray();
  for (const T& element : list) {
    writer.StartObject();
    write(writer, element);
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteHead(JsonWriter& writer, std::string_view kind) {
  WriteMember(writer, "apiVersion", "v1");
  WriteMember(writer, "kind", kind);
}

void WriteMeta(JsonWriter& writer, Buffer& buffer, const kube::ObjectMeta& meta) {
  WriteKey(writer, "metadata");
  writer.StartObject();
  WriteMember(writer, "name", meta.name.get());
  WriteUnlessEmpty(writer, "namespace", meta.ns);
  WriteUnlessEmpty(writer, "uid", meta.uid);
  WriteUnlessEmpty(writer, "resourceVersion", std::string_view(meta.resource_version));
  if (meta.creation_timestamp)
    WriteMember(writer, "creationTimestamp", kube::FormatTimestamp(*meta.creation_timestamp));
  WriteUnlessEmpty(writer, "labels", meta.labels);
  WriteUnlessEmpty(writer, "annotations", meta.annotations);
  // Whole members, which the writer has no call for. They follow the name, so a comma goes first.
  if (!meta.preserved.empty()) buffer.Put(',');
  for (const char c : meta.preserved) buffer.Put(c);
  writer.EndObject();
}

void WriteAddress(JsonWriter& writer, const kube::EndpointAddress& address) {
  WriteMember(writer, "ip", address.ip.get());
  WriteUnlessEmpty(writer, "hostname", address.hostname);
  WriteUnlessEmpty(writer, "nodeName", address.node_name);
  if (!address.target_ref) return;
  WriteKey(writer, "targetRef");
  writer.StartObject();
  WriteUnlessEmpty(writer, "kind", address.target_ref->kind);
  WriteUnlessEmpty(writer, "namespace", address.target_ref->ns);
  WriteUnlessEmpty(writer, "name", address.target_ref->name);
  WriteUnlessEmpty(writer, "uid", address.target_ref->uid);
  writer.EndObject();
}

void WritePort(JsonWriter& writer, const kube::EndpointPort& port) {
  WriteUnlessEmpty(writer, "name", port.name);
  WriteKey(writer, "port");
  writer.Int(port.port);
  WriteMember(writer, "protocol", kube::ToString(port.protocol));
  if (port.app_protocol) WriteMember(writer, "appProtocol", port.app_protocol->get());
}

void WriteSubset(JsonWriter& writer, const kube::EndpointSubset& subset) {
  WriteUnlessEmpty(writer, "addresses", subset.addresses, WriteAddress);
  WriteUnlessEmpty(writer, "notReadyAddresses", subset.not_ready_addresses, WriteAddress);
  WriteUnlessEmpty(writer, "ports", subset.ports, WritePort);
}

}  // namespace

std::string Encode(const kube::Endpoints& endpoints) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "Endpoints");
  WriteMeta(writer, buffer, endpoints.meta);
  WriteUnlessEmpty(writer, "subsets", endpoints.subsets, WriteSubset);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string EncodeDeleteOptions(const kube::ObjectMeta& precondition) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "DeleteOptions");
  if (!precondition.uid.get().empty() || !precondition.resource_version.empty()) {
    WriteKey(writer, "preconditions");
    writer.StartObject();
    WriteUnlessEmpty(writer, "uid", precondition.uid);
    WriteUnlessEmpty(writer, "resourceVersion", std::string_view(precondition.resource_version));
    writer.EndObject();
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
