// A Node or its PartialObjectMetadata: in both, field 1 is the metadata.

#include "lib/kube_proto/decode.h"

namespace k8sm::kube_proto {
namespace {

constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";
}  // namespace

void Read(Message& root, kube::Node& node) {
  while (root.Next()) {
    if (root.field() != 1) continue;
    for (Message metadata(root, "metadata"); metadata.Next();) {
      if (metadata.field() != kAnnotations) ReadMetaField(metadata, {}, node.meta);
    }
  }
  if (const kube::Symbol* zone = node.meta.labels.Find(kZoneLabel)) node.zone = kube::Symbol(*zone);
}

}  // namespace k8sm::kube_proto
