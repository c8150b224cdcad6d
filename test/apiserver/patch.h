// The three kinds of patches.

#ifndef K8SM_TEST_APISERVER_PATCH_H_
#define K8SM_TEST_APISERVER_PATCH_H_

#include "test/apiserver/json.h"
#include "test/apiserver/schema.h"
#include "test/apiserver/status.h"

#include <optional>

namespace k8sm::apiserver {

enum class PatchType { kJson, kMerge, kStrategicMerge };

// Each changes `target` in place, with memory from `allocator`, the target's own.

// RFC 7386. REQUIRES: `patch` is an object.
void ApplyMergePatch(Json& target, const Json& patch, JsonAllocator& allocator);

// Kubernetes' strategic merge patch: like a merge patch, but lists that have a merge key in the schema are
// merged by it. Knows $patch (replace, merge, delete), $retainKeys, $setElementOrder/LIST and
// $deleteFromPrimitiveList/LIST. REQUIRES: `patch` is an object.
void ApplyStrategicMergePatch(const ObjectType& type, Json& target, const Json& patch,
                              JsonAllocator& allocator);

// RFC 6902. Returns why the patch is not applicable; `target` may be half changed then.
std::optional<Status> ApplyJsonPatch(Json& target, const Json& patch, JsonAllocator& allocator);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_PATCH_H_
