// Field numbers are those of k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto.

#include "lib/kube_proto/whole_meta.h"

#include "lib/kube_proto/decode.h"

#include <utility>

namespace k8sm::kube_proto {
namespace {

kube_json::OwnerReference ReadOwner(Message field) {
  kube_json::OwnerReference owner;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        owner.kind = field.Text("kind");
        break;
      case 3:
        owner.name = field.Text("name");
        break;
      case 4:
        owner.uid = field.Text("uid");
        break;
      case 5:
        owner.api_version = field.Text("apiVersion");
        break;
      case 6:
        owner.controller = field.Bool("controller");
        break;
      case 7:
        owner.block_owner_deletion = field.Bool("blockOwnerDeletion");
        break;
      default:
        field.RefuseUnknown();
        break;
    }
  }
  return owner;
}

}  // namespace

void WholeMeta::Read(Message metadata) {
  while (metadata.Next()) ReadField(metadata);
}

void WholeMeta::ReadField(Message& metadata) {
  if (ReadMetaField(metadata, {}, meta_)) return;
  std::vector<kube_json::OwnerReference>& owners = preserved_.owner_references;
  switch (metadata.field()) {
    case 2:
      preserved_.generate_name = metadata.Text("generateName");
      break;
    case 4:  // selfLink
    case 7:  // generation
      break;
    case 10:
      preserved_.deletion_grace_period_seconds = metadata.Int64("deletionGracePeriodSeconds");
      break;
    case 13:
      owners.push_back(ReadOwner(Message(metadata, "ownerReferences", owners.size())));
      break;
    case 14:
      preserved_.finalizers.push_back(metadata.Text("finalizers", preserved_.finalizers.size()));
      break;
    case 17:
      ReadManager(metadata);
      break;
    default:
      metadata.RefuseUnknown();
      break;
  }
}

// Of entries with the same time the last counts. Invalid ones are ignored, as they are only used for logging.
void WholeMeta::ReadManager(Message& metadata) {
  Problem ignored;
  std::string_view name;
  std::optional<kube::Timestamp> time;
  for (Message entry(metadata.Bytes("managedFields"), ignored); entry.Next();) {
    if (entry.field() == 1) name = entry.Text("manager");
    if (entry.field() == 4) time = entry.Timestamp("time");
  }
  if (!ignored.empty() || time < newest_) return;
  newest_ = time;
  meta_.field_manager = kube::Symbol(name);
}

kube::ObjectMeta WholeMeta::Take() {
  preserved_.deletion_timestamp = meta_.deletion_timestamp;
  meta_.preserved = kube::Symbol(EncodePreserved(preserved_));
  return std::move(meta_);
}

}  // namespace k8sm::kube_proto
