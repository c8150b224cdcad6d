// The recorded cluster states in a world.

#ifndef K8SM_TEST_INTEGRATION_GOLDEN_WORLD_H_
#define K8SM_TEST_INTEGRATION_GOLDEN_WORLD_H_

#include "test/integration/world.h"
#include "test/support/golden.h"

#include <vector>

namespace k8sm::test {

// Stores everything of every case; services that the world's server would not accept are left out.
void Load(World& world, const std::vector<GoldenCase>& cases);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_GOLDEN_WORLD_H_
