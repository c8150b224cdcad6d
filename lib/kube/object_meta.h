// Object names and metadata.

#ifndef K8SM_LIB_KUBE_OBJECT_META_H_
#define K8SM_LIB_KUBE_OBJECT_META_H_

#include "lib/kube/label_map.h"
#include "lib/kube/resource_version.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"
#include "lib/kube/uid.h"

#include <cstddef>
#include <string>

namespace k8sm::kube {

// Identifies an object of a known kind. `ns` is empty for cluster-scoped objects.
struct ObjectKey {
  Symbol ns;
  Symbol name;
  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

// Compares by text, so that sorted output is deterministic.
bool operator<(const ObjectKey& a, const ObjectKey& b);

// "namespace/name", or "name" for cluster-scoped objects.
std::string ToString(const ObjectKey& key);

// Hash for unordered containers; valid within this process only. noexcept, so that the containers of
// libstdc++ compute it anew instead of keeping the hash of each element.
struct ObjectKeyHash {
  std::size_t operator()(const ObjectKey& key) const noexcept { return (*this)(key.ns, key.name); }
  std::size_t operator()(const Symbol& ns, const Symbol& name) const noexcept;
};

// One version of an object that is, or was, stored.
struct ObjectVersion {
  std::string ns;
  std::string name;
  std::string uid;
  std::string resource_version;
};

// The metadata that this controller reads or must preserve.
struct ObjectMeta {
  Symbol ns;
  Symbol name;
  Uid uid;
  ResourceVersion resource_version;
  // Absent in an object that is not stored yet.
  OptionalTimestamp creation_timestamp;
  // Set while the object is being deleted.
  OptionalTimestamp deletion_timestamp;
  LabelMap labels;
  LabelMap annotations;
  // The members of metadata that we neither read nor own (finalizers, ownerReferences, fields of later
  // Kubernetes versions), as JSON text `"finalizers":[…],"…":…`, so that an update preserves them. Excludes
  // managedFields, which the API server maintains. Set only for the kinds that we write.
  Symbol preserved;
  // The last writer: the manager of the newest entry of metadata.managedFields; empty if unknown. For logging
  // only. Set only for the kinds that we write, and never encoded.
  Symbol field_manager;

  ObjectKey Key() const { return {ns, name}; }
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_OBJECT_META_H_
