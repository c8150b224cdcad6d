#include "lib/kube_json/codec.h"
#include "lib/kube_json/write.h"

namespace k8sm::kube_json {
namespace {

void WriteInt(JsonWriter& writer, std::string_view key, std::int32_t value) {
  WriteKey(writer, key);
  writer.Int(value);
}

void WriteTime(JsonWriter& writer, std::string_view key, const std::optional<kube::MicroTime>& time) {
  if (time) WriteMember(writer, key, kube::FormatMicroTime(*time));
}

}  // namespace

std::string Encode(const kube::Lease& lease) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "coordination.k8s.io/v1", "Lease");
  BeginMeta(writer, lease.meta);
  EndMeta(writer, buffer, lease.meta);
  WriteKey(writer, "spec");
  writer.StartObject();
  // An empty holder means that the lease is released, which differs from an absent one.
  WriteMember(writer, "holderIdentity", lease.holder_identity);
  if (lease.lease_duration_seconds != 0)
    WriteInt(writer, "leaseDurationSeconds", lease.lease_duration_seconds);
  WriteTime(writer, "acquireTime", lease.acquire_time);
  WriteTime(writer, "renewTime", lease.renew_time);
  WriteInt(writer, "leaseTransitions", lease.lease_transitions);
  WritePreserved(buffer, lease.preserved_spec);
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
