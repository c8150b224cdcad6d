// What every Kubernetes object carries, and how one is named.

#ifndef K8SM_LIB_KUBE_OBJECT_META_H_
#define K8SM_LIB_KUBE_OBJECT_META_H_

#include "lib/kube/label_map.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <cstddef>
#include <optional>
#include <string>

namespace k8sm::kube {

// Names an object of a known kind. `ns` is empty for objects outside namespaces.
struct ObjectKey {
  Symbol ns;
  Symbol name;
  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

// By text, for output that does not depend on chance.
bool operator<(const ObjectKey& a, const ObjectKey& b);

// "namespace/name", or "name" outside namespaces.
std::string ToString(const ObjectKey& key);

struct ObjectKeyHash {
  std::size_t operator()(const ObjectKey& key) const;
};

struct ObjectMeta {
  Symbol ns;
  Symbol name;
  Symbol uid;
  std::string resource_version;
  // Absent in what has not been stored yet.
  std::optional<Timestamp> creation_timestamp;
  // Set while the object is being deleted.
  std::optional<Timestamp> deletion_timestamp;
  LabelMap labels;
  LabelMap annotations;
  // The members of metadata that we neither read nor own (finalizers, ownerReferences, and what a later
  // Kubernetes adds), as JSON text `"finalizers":[…],"…":…`, so that an update gives them back unchanged.
  // Without managedFields, which the API server keeps by itself. Filled for the kinds that we write.
  std::string preserved;
  // Who wrote the object last: the manager of the newest entry of metadata.managedFields; empty: not told.
  // Filled for the kinds that we write, never encoded. For the log alone.
  Symbol field_manager;

  ObjectKey Key() const { return {ns, name}; }
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_OBJECT_META_H_
