#include "lib/kube/symbol.h"

#include "test/support/catch.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

TEST_CASE("symbols of equal texts are equal and share one text, and others are ordered by text", "[kube]") {
  const Symbol a("redis-master");
  const Symbol same(std::string("redis-") + "master");
  const Symbol b("redis-slave");
  CHECK(a == same);
  CHECK(a.get().data() == same.get().data());
  CHECK(HashOf(a) == HashOf(same));
  CHECK(a != b);
  CHECK(a < b);
  CHECK_FALSE(b < a);
}

TEST_CASE("a default symbol equals one made from an empty text and is not interned", "[kube]") {
  const std::size_t before = Symbol::InternedCount();
  const Symbol none;
  const Symbol empty("");
  CHECK(none == empty);
  CHECK(none.empty());
  CHECK(none.get().empty());
  CHECK(Symbol::InternedCount() == before);
}

TEST_CASE("an interned text is freed with its last symbol", "[kube]") {
  const std::size_t before = Symbol::InternedCount();
  {
    Symbol first("a text that nothing else holds");
    Symbol copy = first;
    Symbol moved = std::move(first);
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is part of the contract
    copy = Symbol("another text that nothing else holds");
    CHECK(Symbol::InternedCount() == before + 2);
    copy = moved;
    CHECK(Symbol::InternedCount() == before + 1);
    Symbol& self = copy;
    copy = self;
    CHECK(copy.get() == "a text that nothing else holds");
  }
  CHECK(Symbol::InternedCount() == before);
}

TEST_CASE("TextHashOf is the same for a text that is interned again, and zero for the empty text", "[kube]") {
  const std::size_t first = TextHashOf(Symbol("10.0.0.2 that nothing else holds"));
  const std::size_t other = TextHashOf(Symbol("10.0.0.3 that nothing else holds"));
  CHECK(first != other);
  CHECK(TextHashOf(Symbol("10.0.0.2 that nothing else holds")) == first);
  CHECK(TextHashOf(Symbol()) == 0);
}

TEST_CASE("a symbol's text may contain any byte, even zero", "[kube]") {
  const std::string text("a\0b", 3);
  CHECK(Symbol(text).get() == text);
  CHECK(Symbol(text) != Symbol("a"));
}

TEST_CASE("symbols that are made and freed in any order keep the texts from which they were made", "[kube]") {
  std::minstd_rand random(7);
  const std::size_t before = Symbol::InternedCount();
  std::map<std::string, std::vector<Symbol>> held;
  for (int step = 0; step < 20'000; ++step) {
    const std::string text = "text " + std::to_string(random() % 5'000);
    auto& symbols = held[text];
    if (random() % 3 == 0 && !symbols.empty()) {
      symbols.pop_back();
    } else {
      symbols.emplace_back(text);
    }
  }
  std::size_t distinct = 0;
  for (const auto& [text, symbols] : held) {
    distinct += symbols.empty() ? 0 : 1;
    for (const Symbol& symbol : symbols) REQUIRE(symbol.get() == text);
  }
  CHECK(Symbol::InternedCount() == before + distinct);
  held.clear();
  CHECK(Symbol::InternedCount() == before);
}

}  // namespace
}  // namespace k8sm::kube
