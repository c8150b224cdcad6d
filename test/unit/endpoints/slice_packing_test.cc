#include "lib/endpoints/slice_packing.h"

#include "test/support/catch.h"

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::SliceEndpoint;
using kube::Symbol;
using kube::Uid;
using Lines = std::vector<std::string>;

constexpr std::size_t kLimit = 4;

// An endpoint of the pod with that letter, ready if the letter is a capital.
SliceEndpoint EndpointOf(char letter) {
  const bool ready = letter < 'a';
  const std::string pod(1, ready ? static_cast<char>(letter - 'A' + 'a') : letter);
  SliceEndpoint endpoint{.address = Symbol("10.0.0.1"), .ready = ready};
  endpoint.target_ref =
      kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol(pod), Uid("uid-" + pod)};
  return endpoint;
}

std::vector<SliceEndpoint> EndpointsOf(const std::string& letters) {
  std::vector<SliceEndpoint> endpoints;
  for (const char letter : letters) endpoints.push_back(EndpointOf(letter));
  return endpoints;
}

std::string LettersOf(const std::vector<SliceEndpoint>& endpoints) {
  std::string letters;
  for (const SliceEndpoint& endpoint : endpoints) {
    const char letter = endpoint.target_ref->name.get().front();
    letters += endpoint.ready ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return letters;
}

// Packs the letters of `desired` into slices s0, s1, … that hold those of `stored`; a leading "*" marks one
// that is written anyway. Returns "s0: abc" for each slice, "new" instead of the name of a new one, "*"
// before one that is to be written, and "s1 vacant".
Lines Pack(const std::string& desired, const Lines& stored, std::size_t limit = kLimit) {
  std::vector<EndpointSlice> slices(stored.size());
  std::vector<StoredSlice> input;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const bool marked = stored[i].starts_with('*');
    slices[i].meta.name = Symbol("s" + std::to_string(i));
    slices[i].endpoints = EndpointsOf(stored[i].substr(marked ? 1 : 0));
    input.push_back({&slices[i], marked});
  }
  const Packing packing = PackSlices(EndpointsOf(desired), input, limit);
  Lines lines;
  for (const PackedSlice& slice : packing.slices) {
    const std::string name(slice.stored != nullptr ? slice.stored->meta.name.get() : "new");
    lines.push_back((slice.to_be_written ? "*" : "") + name + ": " + LettersOf(slice.endpoints));
  }
  for (const EndpointSlice* slice : packing.vacant) lines.push_back(slice->meta.name + " vacant");
  return lines;
}

TEST_CASE("without slices new ones are filled one after the other") {
  CHECK(Pack("", {}) == Lines{});
  CHECK(Pack("abc", {}) == Lines{"*new: abc"});
  CHECK(Pack("abcdefghi", {}) == Lines{"*new: abcd", "*new: efgh", "*new: i"});
}

TEST_CASE("slices that already hold the desired endpoints are not written") {
  CHECK(Pack("abcdef", {"fa", "cbe", "d"}) == Lines{"s0: fa", "s1: cbe", "s2: d"});
}

TEST_CASE("a changed endpoint stays in its place and only its slice is written") {
  CHECK(Pack("aBcd", {"ab", "cd"}) == Lines{"*s0: aB", "s1: cd"});
}

TEST_CASE("an endpoint that is gone is removed from its slice, and the others stay") {
  CHECK(Pack("acd", {"ab", "cd"}) == Lines{"*s0: a", "s1: cd"});
}

TEST_CASE("a slice that loses all its endpoints is vacant") {
  CHECK(Pack("cd", {"ab", "cd", ""}) == Lines{"s1: cd", "s0 vacant", "s2 vacant"});
}

TEST_CASE("new endpoints go to slices that are written anyway, the fullest first") {
  CHECK(Pack("aBdefGxyz", {"ab", "defg"}) == Lines{"*s0: aBxy", "*s1: defG", "*new: z"});
  CHECK(Pack("Adefxyz", {"a", "defg"}) == Lines{"*s0: Ayz", "*s1: defx"});
  CHECK(Pack("abcx", {"ab", "*c"}) == Lines{"s0: ab", "*s1: cx"});
}

TEST_CASE("of equally full slices the first is filled") {
  CHECK(Pack("ABx", {"a", "b"}) == Lines{"*s0: Ax", "*s1: B"});
  CHECK(Pack("abx", {"a", "b"}) == Lines{"*s0: ax", "s1: b"});
}

TEST_CASE("if no slice is written anyway, the fullest one with room for all new endpoints is filled") {
  CHECK(Pack("abcdefx", {"a", "bc", "def"}) == Lines{"s0: a", "s1: bc", "*s2: defx"});
  CHECK(Pack("abcdefxy", {"a", "bc", "def"}) == Lines{"s0: a", "*s1: bcxy", "s2: def"});
  CHECK(Pack("abcdefxyz", {"a", "bc", "def"}) == Lines{"*s0: axyz", "s1: bc", "s2: def"});
}

TEST_CASE("if no slice has room for all new endpoints, they go to a new one") {
  CHECK(Pack("abcdefgwxyz", {"abc", "defg"}) == Lines{"s0: abc", "s1: defg", "*new: wxyz"});
  CHECK(Pack("abcdxy", {"abcd"}) == Lines{"s0: abcd", "*new: xy"});
}

TEST_CASE("the rest beyond full new slices goes to an unchanged one with room") {
  CHECK(Pack("abcvwxyz", {"abc"}) == Lines{"*s0: abcz", "*new: vwxy"});
}

TEST_CASE("a vacant slice is used before a new one is created") {
  CHECK(Pack("cdefwx", {"ab", "cdef"}) == Lines{"s1: cdef", "*s0: wx"});
  CHECK(Pack("uvwxyz", {"ab"}) == Lines{"*s0: uvwx", "*new: yz"});
}

TEST_CASE("a slice over the limit keeps its first endpoints and the others move") {
  CHECK(Pack("abcdef", {"fedcba"}) == Lines{"*s0: fedc", "*new: ab"});
  CHECK(Pack("abcdefg", {"fedcba", "g"}) == Lines{"*s0: fedc", "*s1: gab"});
}

TEST_CASE("an endpoint that is stored twice stays in the first place only") {
  CHECK(Pack("abc", {"ab", "bc"}) == Lines{"s0: ab", "*s1: c"});
  CHECK(Pack("ab", {"aab"}) == Lines{"*s0: ab"});
}

TEST_CASE("endpoints are distinguished by address and pod, not by uid") {
  EndpointSlice slice;
  slice.endpoints = EndpointsOf("ab");
  std::vector<SliceEndpoint> desired = EndpointsOf("ab");
  desired[0].address = Symbol("10.0.0.2");
  desired[1].target_ref->uid = Uid("uid-of-its-successor");
  const Packing packing = PackSlices(desired, {{&slice, false}}, kLimit);
  REQUIRE(packing.slices.size() == 1);
  CHECK(packing.slices[0].endpoints == std::vector{desired[1], desired[0]});
  CHECK(packing.added == 1);
}

TEST_CASE("a stored endpoint with fields that we do not write is written again") {
  EndpointSlice slice;
  slice.endpoints = EndpointsOf("a");
  slice.endpoints[0].exact = false;
  const Packing packing = PackSlices(EndpointsOf("a"), {{&slice, false}}, kLimit);
  REQUIRE(packing.slices.size() == 1);
  CHECK(packing.slices[0].to_be_written);
  CHECK(packing.slices[0].endpoints[0].exact);
}

TEST_CASE("a limit of one gives each endpoint a slice of its own") {
  CHECK(Pack("abc", {"b"}, 1) == Lines{"s0: b", "*new: a", "*new: c"});
}

}  // namespace
}  // namespace k8sm::endpoints
