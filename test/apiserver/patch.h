// The three patch types.

#ifndef K8SM_TEST_APISERVER_PATCH_H_
#define K8SM_TEST_APISERVER_PATCH_H_

#include "test/apiserver/json.h"
#include "test/apiserver/schema.h"
#include "test/apiserver/status.h"

#include <optional>

namespace k8sm::apiserver {

enum class PatchType { kJson, kMerge, kStrategicMerge };

// All functions change `target` in place, with memory from its own `allocator`.

// Applies an RFC 7386 merge patch. REQUIRES: `patch` is an object.
void ApplyMergePatch(Json& target, const Json& patch, JsonAllocator& allocator);

// Applies a Kubernetes strategic merge patch: like a merge patch, but lists with a merge key in the schema
// are merged by it. Supports $patch (replace, merge, delete), $retainKeys, $setElementOrder/LIST and
// $deleteFromPrimitiveList/LIST. REQUIRES: `patch` is an object.
void ApplyStrategicMergePatch(const ObjectType& type, Json& target, const Json& patch,
                              JsonAllocator& allocator);

// Applies an RFC 6902 patch. Returns the error if it cannot be applied; `target` may then be partly changed.
std::optional<Status> ApplyJsonPatch(Json& target, const Json& patch, JsonAllocator& allocator);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_PATCH_H_
