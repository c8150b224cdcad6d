#include "lib/kube_json/codec.h"
#include "lib/kube_json/write.h"

#include <vector>

namespace k8sm::kube_json {
namespace {

void WriteAddress(JsonWriter& writer, const kube::EndpointAddress& address) {
  WriteMember(writer, "ip", address.ip.get());
  WriteUnlessEmpty(writer, "hostname", address.hostname);
  WriteUnlessEmpty(writer, "nodeName", address.node_name);
  WriteTargetRef(writer, address.target_ref);
}

template <class T, class Write>
void WriteListUnlessEmpty(JsonWriter& writer, std::string_view key, const std::vector<T>& list, Write write) {
  if (!list.empty()) WriteList(writer, key, list, write);
}

void WriteSubset(JsonWriter& writer, const kube::EndpointSubset& subset) {
  WriteListUnlessEmpty(writer, "addresses", subset.addresses, WriteAddress);
  WriteListUnlessEmpty(writer, "notReadyAddresses", subset.not_ready_addresses, WriteAddress);
  WriteListUnlessEmpty(writer, "ports", subset.ports, WritePort);
}

}  // namespace

std::string Encode(const kube::Endpoints& endpoints) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "v1", "Endpoints");
  BeginMeta(writer, endpoints.meta);
  EndMeta(writer, buffer, endpoints.meta);
  WriteListUnlessEmpty(writer, "subsets", endpoints.subsets, WriteSubset);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string EncodeDeleteOptions(const kube::ObjectMeta& precondition) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "v1", "DeleteOptions");
  if (!precondition.uid.empty() || !precondition.resource_version.empty()) {
    WriteKey(writer, "preconditions");
    writer.StartObject();
    WriteUnlessEmpty(writer, "uid", precondition.uid);
    WriteUnlessEmpty(writer, "resourceVersion", precondition.resource_version.Text());
    writer.EndObject();
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
