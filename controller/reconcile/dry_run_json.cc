#include "controller/reconcile/dry_run_json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void String(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void Member(Writer& writer, const char* key, std::string_view value) {
  writer.Key(key);
  String(writer, value);
}

void MemberOrNull(Writer& writer, const char* key, std::string_view value) {
  if (!value.empty()) return Member(writer, key, value);
  writer.Key(key);
  writer.Null();
}

std::string Text(const rapidjson::StringBuffer& buffer) {
  return {buffer.GetString(), buffer.GetSize()};
}

template <class T>
void WriteHead(Writer& writer, const char* kind, const T* before, const T* after) {
  const T& object = after != nullptr ? *after : *before;
  Member(writer, "kind", kind);
  Member(writer, "operation", before == nullptr ? "create" : after == nullptr ? "delete" : "update");
  Member(writer, "namespace", object.meta.ns.get());
  MemberOrNull(writer, "name", object.meta.name.get());
}

std::string_view NameOf(AddressChange::Type type) {
  switch (type) {
    case AddressChange::Type::kAdded:
      return "added";
    case AddressChange::Type::kRemoved:
      return "removed";
    case AddressChange::Type::kMoved:
      return "moved";
    case AddressChange::Type::kReadiness:
      break;
  }
  return "readiness";
}

void WriteAddress(Writer& writer, const AddressChange& change) {
  writer.StartObject();
  Member(writer, "change", NameOf(change.type));
  MemberOrNull(writer, "pod", change.pod);
  Member(writer, "port", change.port);
  MemberOrNull(writer, "from", change.from);
  MemberOrNull(writer, "to", change.to);
  writer.Key("ready");
  writer.Bool(change.ready);
  writer.EndObject();
}

}  // namespace

std::string ChangeJson(const Endpoints* before, const Endpoints* after, const ChangeReport& report) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteHead(writer, "Endpoints", before, after);
  writer.Key("addresses");
  writer.StartArray();
  for (const AddressChange& change : report.addresses) WriteAddress(writer, change);
  writer.EndArray();
  writer.EndObject();
  return Text(buffer);
}

std::string ChangeJson(const EndpointSlice* before, const EndpointSlice* after, const ChangeReport& report) {
  const EndpointSlice& slice = after != nullptr ? *after : *before;
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteHead(writer, "EndpointSlice", before, after);
  const auto service = kube::ServiceOf(slice);
  MemberOrNull(writer, "service", service ? std::string_view(service->name.get()) : std::string_view());
  std::string_view summary = report.text;
  summary.remove_suffix(summary.ends_with('\n') ? 1 : 0);
  Member(writer, "summary", summary);
  writer.Key("endpoints");
  writer.Uint64(after != nullptr ? after->endpoints.size() : 0);
  writer.EndObject();
  return Text(buffer);
}

std::string SkipJson(const kube::ObjectKey& service, const endpoints::Skip& skip) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Member(writer, "namespace", skip.pod.ns.get());
  Member(writer, "pod", skip.pod.name.get());
  Member(writer, "service", service.name.get());
  Member(writer, "port", skip.service_port);
  Member(writer, "reason", ToString(skip.reason));
  Member(writer, "sentence", skip.sentence);
  writer.EndObject();
  return Text(buffer);
}

std::string EmptyServiceJson(const kube::ObjectKey& service, std::string_view reason,
                             std::string_view sentence) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Member(writer, "namespace", service.ns.get());
  Member(writer, "name", service.name.get());
  Member(writer, "reason", reason);
  Member(writer, "sentence", sentence);
  writer.EndObject();
  return Text(buffer);
}

}  // namespace k8sm::controller
