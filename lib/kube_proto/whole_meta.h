// Decodes all metadata of an object, for the kinds that we write. Internal to lib/kube_proto: exposes
// protozero.

#ifndef K8SM_LIB_KUBE_PROTO_WHOLE_META_H_
#define K8SM_LIB_KUBE_PROTO_WHOLE_META_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"
#include "lib/kube_json/preserved.h"
#include "lib/kube_proto/message.h"

#include <optional>
#include <vector>

namespace k8sm::kube_proto {

// Collects the metadata of one object. The bytes of the messages must outlive it.
class WholeMeta {
 public:
  // Reads a message ObjectMeta. Records the problem kUnknownField for a field that would be lost by an
  // update.
  void Read(Message metadata);

  const std::vector<kube_json::OwnerReference>& owner_references() const {
    return preserved_.owner_references;
  }

  // Returns what was read, `preserved` and `field_manager` included. Call once.
  kube::ObjectMeta Take();

 private:
  void ReadField(Message& metadata);
  void ReadManager(Message& metadata);

  kube::ObjectMeta meta_;
  kube_json::PreservedMeta preserved_;
  std::optional<kube::Timestamp> newest_;  // of the managers
};

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_WHOLE_META_H_
