#include "lib/kube_json/decode.h"

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";

}  // namespace

void Read(const Field& root, kube::Node& node) {
  node.meta = ReadMeta(root);
  if (const kube::Symbol* zone = node.meta.labels.Find(kZoneLabel)) node.zone = kube::Symbol(*zone);
  node.meta.annotations = {};
}

}  // namespace k8sm::kube_json
