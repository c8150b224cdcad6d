#include "lib/base/compact_vector.h"

#include "test/support/catch.h"

#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm {
namespace {

using Texts = CompactVector<std::string>;

TEST_CASE("a compact vector has the size of a pointer and is empty at first", "[base]") {
  const Texts none;
  CHECK(sizeof none == sizeof(void*));
  CHECK(none.empty());
  CHECK(none.size() == 0);
  CHECK(none.begin() == none.end());
  CHECK(none == Texts{});
}

TEST_CASE("a compact vector copies, moves and compares like a vector", "[base]") {
  const Texts two = {"a", "a text that is too long for the string itself"};
  Texts copy = two;
  CHECK(copy == two);
  CHECK(copy.front() == "a");
  copy.back() = "b";
  CHECK(copy != two);
  CHECK(two[1] != "b");
  const Texts moved = std::move(copy);
  CHECK(moved == Texts{"a", "b"});
  CHECK(copy.empty());  // NOLINT(bugprone-use-after-move)
  copy = moved;
  CHECK(copy == moved);
}

TEST_CASE("a compact vector can be refilled after its elements were removed", "[base]") {
  Texts texts = {"a"};
  texts.erase(texts.begin());
  CHECK(texts.empty());
  CHECK(texts == Texts{});
  texts.push_back("b");
  texts.clear();
  CHECK(texts.empty());
  texts.push_back("c");
  CHECK(texts == Texts{"c"});
}

TEST_CASE("a copy shares its elements until one of the two is changed", "[base]") {
  Texts first = {"a", "b"};
  const Texts original = first;
  Texts second = first;
  CHECK(second.SharesWith(first));
  SECTION("by access to an element") {
    second.front() = "c";
    CHECK(second == Texts{"c", "b"});
  }
  SECTION("by insertion at an iterator obtained before") {
    second.insert(std::as_const(second).begin() + 1, "c");
    CHECK(second == Texts{"a", "c", "b"});
  }
  SECTION("by removal at an iterator obtained before") {
    second.erase(std::as_const(second).begin());
    CHECK(second == Texts{"b"});
  }
  SECTION("by removal of all elements") {
    second.clear();
    CHECK(second.empty());
  }
  CHECK_FALSE(second.SharesWith(first));
  CHECK(first.SharesWith(original));
  CHECK(first == Texts{"a", "b"});
}

TEST_CASE(
    "a compact vector equals a std::vector after the same random changes, which leave copies as they were",
    "[base]") {
  std::minstd_rand random(1);
  Texts compact;
  std::vector<std::string> expected;
  for (int step = 0; step < 2000; ++step) {
    const std::size_t at = random() % (expected.size() + 1);
    // Half of the changes are those of a vector that shares its elements.
    const Texts copy = random() % 2 == 0 ? compact : Texts();
    const std::vector<std::string> copied(copy.begin(), copy.end());
    if (random() % 100 < 52 || expected.empty()) {
      const std::string text(random() % 40, static_cast<char>('a' + step % 26));
      const auto place = compact.insert(std::as_const(compact).begin() + at, text);
      CHECK(*place == text);
      expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), text);
    } else if (at < expected.size()) {
      compact.erase(std::as_const(compact).begin() + at);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(at));
    }
    REQUIRE(compact == Texts(expected.begin(), expected.end()));
    REQUIRE(copy == Texts(copied.begin(), copied.end()));
  }
}

}  // namespace
}  // namespace k8sm
