#include "lib/ports/port_set.h"

#include "test/support/catch.h"

#include <bitset>
#include <memory>
#include <random>

namespace k8sm::ports {
namespace {

using Bits = std::bitset<kMaxPort + 1>;

Bits BitsOf(const PortSet& set) {
  Bits bits;
  for (const Port port : set.Ports()) bits.set(port);
  return bits;
}

std::vector<Range> RandomRanges(std::mt19937& random, std::uint32_t first, std::uint32_t last) {
  std::vector<Range> ranges(random() % 8);
  for (Range& range : ranges) {
    const auto a = static_cast<Port>(first + random() % (last - first + 1));
    const auto b = static_cast<Port>(first + random() % (last - first + 1));
    range = random() % 3 == 0 ? Range{a, a} : Range{std::min(a, b), std::max(a, b)};
  }
  return ranges;
}

Bits BitsOf(const std::vector<Range>& ranges) {
  Bits bits;
  for (const Range& range : ranges) {
    for (std::uint32_t port = range.begin; port <= range.end; ++port) bits.set(port);
  }
  return bits;
}

bool IsCanonical(const PortSet& set) {
  std::uint32_t last = 0;
  bool first = true;
  for (const Range& range : set.ranges()) {
    if (range.begin == 0 || range.begin > range.end) return false;
    if (!first && range.begin <= last + 1) return false;
    last = range.end;
    first = false;
  }
  return true;
}

TEST_CASE("the set algebra of PortSet agrees with that of bit sets", "[ports]") {
  std::mt19937 random(1);
  for (int round = 0; round < 400; ++round) {
    // At both ends of the number space too.
    const std::uint32_t first = round % 3 == 0 ? 1 : round % 3 == 1 ? 31000 : kMaxPort - 24;
    const auto left = RandomRanges(random, first, first + 24);
    const auto right = RandomRanges(random, first, first + 24);
    const PortSet a = PortSet::Of(left);
    const PortSet b = PortSet::Of(right);
    const auto bits_a = std::make_unique<Bits>(BitsOf(left));
    const auto bits_b = std::make_unique<Bits>(BitsOf(right));
    REQUIRE(BitsOf(a) == *bits_a);
    REQUIRE(a.size() == bits_a->count());
    REQUIRE(BitsOf(a | b) == (*bits_a | *bits_b));
    REQUIRE(BitsOf(a & b) == (*bits_a & *bits_b));
    REQUIRE(BitsOf(a - b) == (*bits_a & ~*bits_b));
    REQUIRE((a == b) == (*bits_a == *bits_b));
    REQUIRE(a.Contains(b) == ((*bits_b & ~*bits_a).none()));
    REQUIRE(a.Intersects(b) == ((*bits_a & *bits_b).any()));
    for (std::uint32_t port = first; port <= first + 24; ++port) {
      REQUIRE(a.Contains(static_cast<Port>(port)) == bits_a->test(port));
    }
    for (const PortSet& set : {a, b, a | b, a & b, a - b}) {
      REQUIRE(IsCanonical(set));
      REQUIRE(set.size() == set.Ports().size());
    }
  }
}

TEST_CASE("OfPorts makes the same set of single ports as Of does of ranges", "[ports]") {
  CHECK(PortSet::OfPorts({5, 3, 4, 4, 9}) == PortSet::Of({{3, 5}, {9, 9}}));
  CHECK(PortSet::OfPorts({1, 65535}) == PortSet::Of({{65535, 65535}, {1, 1}}));
  CHECK(PortSet::OfPorts({}) == PortSet());
}

TEST_CASE("Highest and Lowest return ports in ascending order", "[ports]") {
  const PortSet set = PortSet::Of({{1, 3}, {10, 10}, {65534, 65535}});
  CHECK(set.Highest(4) == std::vector<Port>{3, 10, 65534, 65535});
  CHECK(set.Lowest(4) == std::vector<Port>{1, 2, 3, 10});
  CHECK(set.Highest(100).size() == 6);
  CHECK(set.Highest(0).empty());
}

TEST_CASE("a PortSet is written as ranges, cut after the given number", "[ports]") {
  const PortSet set = PortSet::Of({{31000, 31004}, {31006, 31006}, {1, 2}});
  CHECK(ToString(set) == "1-2,31000-31004,31006");
  CHECK(ToString(set, 2) == "1-2,31000-31004,...");
  CHECK(ToString(set, 3) == "1-2,31000-31004,31006");
  CHECK(ToString(PortSet()).empty());
}

}  // namespace
}  // namespace k8sm::ports
