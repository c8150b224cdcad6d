#include "lib/kube_json/codec.h"
#include "lib/kube_json/write.h"

namespace k8sm::kube_json {
namespace {

void WriteInvolved(JsonWriter& writer, const kube::InvolvedObject& object) {
  WriteKey(writer, "involvedObject");
  writer.StartObject();
  WriteUnlessEmpty(writer, "kind", object.kind);
  WriteUnlessEmpty(writer, "namespace", object.ns);
  WriteUnlessEmpty(writer, "name", object.name);
  WriteUnlessEmpty(writer, "uid", object.uid);
  WriteUnlessEmpty(writer, "apiVersion", object.api_version);
  WriteUnlessEmpty(writer, "resourceVersion", std::string_view(object.resource_version));
  writer.EndObject();
}

void WriteCount(JsonWriter& writer, const kube::Event& event) {
  WriteMember(writer, "lastTimestamp", kube::FormatTimestamp(event.last));
  WriteKey(writer, "count");
  writer.Int(event.count);
}

}  // namespace

std::string Encode(const kube::Event& event) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "v1", "Event");
  WriteKey(writer, "metadata");
  writer.StartObject();
  WriteMember(writer, "name", event.name);
  WriteMember(writer, "namespace", event.ns());
  writer.EndObject();
  WriteInvolved(writer, event.involved);
  WriteMember(writer, "reason", event.reason);
  WriteMember(writer, "message", event.message);
  WriteKey(writer, "source");
  writer.StartObject();
  WriteMember(writer, "component", event.component);
  writer.EndObject();
  WriteMember(writer, "firstTimestamp", kube::FormatTimestamp(event.first));
  WriteCount(writer, event);
  WriteMember(writer, "type", kube::ToString(event.type));
  WriteMember(writer, "reportingComponent", event.component);
  WriteMember(writer, "reportingInstance", "");
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string EncodeRepetition(const kube::Event& event) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteCount(writer, event);
  WriteMember(writer, "message", event.message);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
