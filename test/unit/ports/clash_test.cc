#include "lib/ports/clash.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

#include <array>
#include <string>
#include <utility>

namespace k8sm::ports::test {
namespace {

// The clashes of so many pods on one port of an agent, every other one of them with UDP.
Clashes ClashesOf(int pods) {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009")};
  for (int i = 0; i < pods; ++i) {
    Holder holder = MakeHolder("web-" + std::to_string(i), "a1", {31000});
    if (i % 2 == 1) holder.claims[0].protocol = kube::Protocol::kUdp;
    snapshot.holders.push_back(std::move(holder));
  }
  return FindClashes(PortSpace(std::move(snapshot)));
}

TEST_CASE("all clashes are counted by kind, and the first 1,000 are kept", "[ports]") {
  const Clashes few = ClashesOf(4);
  CHECK(few.kept.size() == 6);
  CHECK(few.counts == std::array<std::size_t, 2>{4, 2});
  CHECK_FALSE(few.more);
  const Clashes many = ClashesOf(100);
  CHECK(many.kept.size() == kMaxClashes);
  CHECK(many.counts == std::array<std::size_t, 2>{2'500, 2'450});
  CHECK(many.more);
}

TEST_CASE("clashes are looked for among a million pairs", "[ports]") {
  const Clashes clashes = ClashesOf(1'500);  // 1,124,250 pairs
  CHECK(clashes.counts[0] + clashes.counts[1] == kMaxCompared);
  CHECK(clashes.more);
}

}  // namespace
}  // namespace k8sm::ports::test
