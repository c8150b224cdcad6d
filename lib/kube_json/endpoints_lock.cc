#include "lib/kube/status.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/decode.h"
#include "lib/kube_json/parse.h"
#include "lib/kube_json/write.h"

#include <chrono>
#include <utility>

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kAnnotation = "control-plane.alpha.kubernetes.io/leader";
// A member only of our records; other components do not know it.
constexpr std::string_view kSuperseded = "supersededByLease";

constexpr std::string_view kNotPreserved[] = {"apiVersion", "kind", "metadata"};
constexpr std::string_view kWritten[] = {
    "acquireTime", "holderIdentity", "leaderTransitions", "leaseDurationSeconds", "renewTime", kSuperseded,
};

void ReadRecord(const Field& record, kube::Lease& lock) {
  lock.holder_identity = record.Member("holderIdentity").String();
  lock.lease_duration_seconds = record.Member("leaseDurationSeconds").Int();
  lock.acquire_time = ReadMicroTime(record.Member("acquireTime"));
  lock.renew_time = ReadMicroTime(record.Member("renewTime"));
  lock.lease_transitions = record.Member("leaderTransitions").Int();
  lock.superseded = record.Member(kSuperseded).Bool();
  lock.preserved_spec = ReadPreserved(record, kWritten);
}

void WriteTime(JsonWriter& writer, std::string_view key, const std::optional<kube::MicroTime>& time) {
  if (time) {
    WriteMember(writer, key, kube::FormatTimestamp(std::chrono::floor<std::chrono::seconds>(*time)));
  } else {
    WriteKey(writer, key);
    writer.Null();
  }
}

std::string RecordOf(const kube::Lease& lock) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteMember(writer, "holderIdentity", lock.holder_identity);
  WriteKey(writer, "leaseDurationSeconds");
  writer.Int(lock.lease_duration_seconds);
  WriteTime(writer, "acquireTime", lock.acquire_time);
  WriteTime(writer, "renewTime", lock.renew_time);
  WriteKey(writer, "leaderTransitions");
  writer.Int(lock.lease_transitions);
  if (lock.superseded) WriteBool(writer, kSuperseded, true);
  WritePreserved(buffer, lock.preserved_spec);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Result<kube::Lease> DecodeEndpointsLock(std::string_view json) {
  const auto tree = Parse(json);
  if (tree.has_error()) {
    return Error{.code = Errc::kMalformed, .message = "Endpoints: " + tree.error().message};
  }
  Problem problem;
  const Field root(**tree, problem);
  kube::Lease lock;
  lock.meta = ReadWholeMeta(root);
  lock.preserved = ReadPreserved(root, kNotPreserved);
  if (!problem.empty()) return kube::MalformedObject("Endpoints", lock.meta, problem);
  const kube::Symbol* text = lock.meta.annotations.Find(kAnnotation);
  if (text == nullptr) return lock;
  const auto refuse = [&](const std::string& why) {
    return kube::MalformedObject("Endpoints", lock.meta,
                                 "annotation " + std::string(kAnnotation) + ": " + why);
  };
  const auto record = Parse(*text);
  if (record.has_error()) return refuse(record.error().message);
  ReadRecord(Field(**record, problem), lock);
  if (!problem.empty()) return refuse(problem);
  lock.meta.annotations.Erase(kAnnotation);
  return lock;
}

std::string EncodeEndpointsLock(const kube::Lease& lock) {
  kube::ObjectMeta meta = lock.meta;
  meta.annotations.Set(kube::Symbol(kAnnotation), kube::Symbol(RecordOf(lock)));
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "v1", "Endpoints");
  BeginMeta(writer, meta);
  EndMeta(writer, buffer, meta);
  WritePreserved(buffer, lock.preserved);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
