#include "lib/base/compact_vector.h"

#include "test/support/catch.h"

#include <cstddef>
#include <memory>
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

TEST_CASE("a compact vector is cleared and used again", "[base]") {
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

TEST_CASE("elements of a compact vector need not be copyable", "[base]") {
  CompactVector<std::unique_ptr<int>> items;
  for (int i = 0; i < 10; ++i) items.insert(items.begin(), std::make_unique<int>(i));
  REQUIRE(items.size() == 10);
  CHECK(*items.front() == 9);
  CHECK(*items.back() == 0);
}

TEST_CASE("a compact vector has the elements of a vector after the same random changes", "[base]") {
  std::minstd_rand random(1);
  Texts compact;
  std::vector<std::string> expected;
  for (int step = 0; step < 2000; ++step) {
    const std::size_t at = random() % (expected.size() + 1);
    if (random() % 100 < 52 || expected.empty()) {
      const std::string text(random() % 40, static_cast<char>('a' + step % 26));
      const auto place = compact.insert(compact.begin() + at, text);
      CHECK(*place == text);
      expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), text);
    } else if (at < expected.size()) {
      compact.erase(compact.begin() + at);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(at));
    }
    REQUIRE(compact == Texts(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace k8sm
