#include "lib/kube/uid.h"

#include "lib/kube/symbol.h"
#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

constexpr std::string_view kUuid = "04d1c5ae-2b0f-4b0c-9f6f-0d6a2c4b7a11";

// UUIDs, texts that differ from one in a single place, and texts of any kind.
std::vector<std::string> Texts(std::size_t number) {
  std::minstd_rand random(11);
  const auto any = [&](std::string_view of) { return of[random() % of.size()]; };
  std::vector<std::string> texts{"", "u-1", std::string(36, '-'), std::string("a\0b", 3)};
  while (texts.size() < number) {
    std::string text(kUuid);
    for (char& each : text) {
      if (each != '-') each = any("0123456789abcdef");
    }
    texts.push_back(text);
    text[random() % text.size()] = any("0123456789abcdefABCDEF-g{ ");
    texts.push_back(text);
    texts.push_back(text.substr(0, random() % text.size()));
    texts.push_back(text + any("0a- "));
  }
  return texts;
}

TEST_CASE("a UID keeps the text from which it was made, and compares like it", "[kube]") {
  const std::vector<std::string> texts = Texts(400);
  std::vector<Uid> uids;
  for (const std::string& text : texts) uids.emplace_back(text);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    REQUIRE(uids[i].Text() == texts[i]);
    REQUIRE(uids[i].empty() == texts[i].empty());
    for (std::size_t j = 0; j < texts.size(); ++j) {
      REQUIRE((uids[i] == uids[j]) == (texts[i] == texts[j]));
      REQUIRE((uids[i] < uids[j]) == (texts[i] < texts[j]));
      if (texts[i] == texts[j]) REQUIRE(HashOf(uids[i]) == HashOf(uids[j]));
    }
  }
}

TEST_CASE("a UUID as API servers write it is not interned, unlike one in another form", "[kube]") {
  const std::size_t before = Symbol::InternedCount();
  const Uid uuid(kUuid);
  CHECK(Symbol::InternedCount() == before);
  const Uid upper_case("04D1C5AE-2B0F-4B0C-9F6F-0D6A2C4B7A11");
  const Uid version_0("04d1c5ae-2b0f-0b0c-9f6f-0d6a2c4b7a11");
  CHECK(Symbol::InternedCount() == before + 2);
}

TEST_CASE("UIDs that are stored as UUIDs and as symbols can be copied, moved and assigned to each other",
          "[kube]") {
  const std::size_t before = Symbol::InternedCount();
  {
    std::minstd_rand random(3);
    const std::vector<std::string> texts = Texts(40);
    std::vector<Uid> uids(texts.size());
    std::vector<std::string> expected(texts.size());
    for (int step = 0; step < 5'000; ++step) {
      const std::size_t to = random() % texts.size();
      const std::size_t from = random() % texts.size();
      switch (random() % 4) {
        case 0:
          uids[to] = Uid(texts[from]);
          expected[to] = texts[from];
          break;
        case 1:
          uids[to] = uids[from];
          expected[to] = expected[from];
          break;
        case 2: {
          Uid taken(std::move(uids[from]));
          uids[from] = Uid();
          uids[to] = std::move(taken);
          expected[to] = std::exchange(expected[from], "");
          break;
        }
        default:
          std::swap(uids[to], uids[from]);
          std::swap(expected[to], expected[from]);
      }
      REQUIRE(uids[to].Text() == expected[to]);
      REQUIRE(uids[from].Text() == expected[from]);
    }
  }
  CHECK(Symbol::InternedCount() == before);
}

TEST_CASE("a UID that is assigned to itself stays as it is", "[kube]") {
  for (const std::string& text : {std::string(kUuid), std::string("a UID that nothing else holds")}) {
    Uid uid(text);
    Uid& self = uid;
    uid = self;
    CHECK(uid.Text() == text);
    uid = std::move(self);
    CHECK(uid.Text() == text);  // NOLINT(bugprone-use-after-move): it is part of the contract
  }
}

}  // namespace
}  // namespace k8sm::kube
