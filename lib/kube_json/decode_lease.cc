#include "lib/base/printable.h"
#include "lib/kube_json/decode.h"

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kWritten[] = {
    "acquireTime", "holderIdentity", "leaseDurationSeconds", "leaseTransitions", "renewTime",
};

}  // namespace

std::optional<kube::MicroTime> ReadMicroTime(const Field& field) {
  const std::string_view text = field.String();
  if (text.empty()) return std::nullopt;
  const auto time = kube::ParseMicroTime(text);
  if (!time) field.Refuse(Quoted(text, 100) + " is not a time");
  return time;
}

void Read(const Field& root, kube::Lease& lease) {
  lease.meta = ReadWholeMeta(root);
  const Field spec = root.Member("spec");
  lease.holder_identity = spec.Member("holderIdentity").String();
  lease.lease_duration_seconds = spec.Member("leaseDurationSeconds").Int();
  lease.acquire_time = ReadMicroTime(spec.Member("acquireTime"));
  lease.renew_time = ReadMicroTime(spec.Member("renewTime"));
  lease.lease_transitions = spec.Member("leaseTransitions").Int();
  lease.preserved_spec = ReadPreserved(spec, kWritten);
}

}  // namespace k8sm::kube_json
