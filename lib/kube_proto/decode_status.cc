// Field numbers are those of k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto.

#include "lib/kube_proto/codec.h"
#include "lib/kube_proto/decode.h"

namespace k8sm::kube_proto {
namespace {

void ReadDetails(Message details, kube::Status& status) {
  bool first = true;
  while (details.Next()) {
    if (details.field() == 5) status.retry_after_seconds = details.Int("retryAfterSeconds");
    if (details.field() != 4 || !first) continue;
    first = false;
    for (Message cause(details, "causes"); cause.Next();)
      if (cause.field() == 1) status.first_cause = cause.Text("reason");
  }
}

}  // namespace

void Read(Message& root, kube::Status& status) {
  while (root.Next()) {
    switch (root.field()) {
      case 3:
        status.message = root.Text("message");
        break;
      case 4:
        status.reason = root.Text("reason");
        break;
      case 5:
        ReadDetails(Message(root, "details"), status);
        break;
      case 6:
        status.code = root.Int("code");
        break;
      default:
        break;
    }
  }
}

Error DecodeStatus(int http_status, std::string_view body) {
  Problem ignored;
  const Envelope envelope = OpenEnvelope(body, ignored);
  kube::Status status;
  if (envelope.kind == "Status") {
    Message root(envelope.raw, ignored);
    Read(root, status);
  }
  return kube::ToError(http_status, status, body);
}

}  // namespace k8sm::kube_proto
