#include "lib/informer/resemblance.h"

#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

TEST_CASE("JudgeEdit tells a likely typo from a similar name and from another name") {
  struct Case {
    const char* a;
    const char* b;
    EditKind kind;
  };
  const std::vector<Case> cases = {
      {"a", "b", EditKind::kOther},
      {"a", "ab", EditKind::kOther},
      {"ab", "ba", EditKind::kOther},
      {"eu", "us", EditKind::kOther},
      {"web-a", "web-b", EditKind::kOther},
      {"v1", "v2", EditKind::kOther},
      {"v1", "va", EditKind::kOther},
      {"node1", "node2", EditKind::kOther},
      {"frontend", "frontend2", EditKind::kOther},
      {"frontend-v12", "frontend-v21", EditKind::kOther},
      {"1.36", "1.63", EditKind::kOther},
      {"fronten1d", "frontend1", EditKind::kOther},
      {"same", "same", EditKind::kOther},
      {"", "a", EditKind::kOther},
      {"api", "apis", EditKind::kSimilar},
      {"web", "webs", EditKind::kSimilar},
      {"worker", "workers", EditKind::kSimilar},
      {"workers-eu", "worker-eu", EditKind::kSimilar},
      {"cart", "card", EditKind::kSimilar},
      {"web", "wed", EditKind::kSimilar},
      {"test", "tet", EditKind::kSimilar},
      {"app", "ap", EditKind::kSimilar},
      {"shop-prod", "shop-prd", EditKind::kSimilar},
      {"my-db", "mydb", EditKind::kSimilar},
      {"wbe", "web", EditKind::kTypo},
      {"shop-wbe-1", "shop-web-1", EditKind::kTypo},
      {"cahce", "cache", EditKind::kTypo},
      {"front", "fron", EditKind::kTypo},
      {"stage", "stagee", EditKind::kTypo},
      {"server", "sever", EditKind::kTypo},
      {"message", "mesage", EditKind::kTypo},
      {"shop-frontend-v1", "shop-frontent-v1", EditKind::kTypo},
      {"front-end", "frontend", EditKind::kTypo},
      {"front-end", "front_end", EditKind::kTypo},
      {"app.kubernetes.io/name", "app.kubernetes.io/nmae", EditKind::kTypo},
  };
  for (const auto& [a, b, kind] : cases) {
    CAPTURE(a, b);
    CHECK(JudgeEdit(a, b) == kind);
    CHECK(JudgeEdit(b, a) == kind);
  }
}

TEST_CASE("long words that differ by at most two edits resemble each other, wherever the edits are") {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"frontend", "forntned"},                    // two swaps
      {"recommendation", "recomendatoin"},         // a character too few, and a swap
      {"shop-frontend-web", "shop-frntendd-web"},  // one too few, one too many
      {"checkoutservice", "chekoutservce"},        // two too few
      {"a.b_frontend", "a.b_fromtemd"},            // two wrong
      {"frontend", "frontned"},                    // a single swap
  };
  for (const auto& [a, b] : pairs) {
    CAPTURE(a, b);
    CHECK(Resemble(a, b));
    CHECK(Resemble(b, a));
  }
}

TEST_CASE("words do not resemble each other if short, three edits apart, or different in suffix or digits") {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"payments-eu", "payments-us"},  // a short word of its own
      {"importer-db", "importer-mq"},
      {"frontend", "frontend-a"},  // another number of words
      {"checkout-blue", "checkout-blau"},
      {"frontend12", "frontend34"},  // digits
      {"frontend-10", "frontend-2"},
      {"cart", "trac"},
      {"frontend", "backend"},  // three edits and more
      {"recommendation", "recmndaton"},
      {"", ""},
      {std::string(64, 'a'), std::string(63, 'a') + "b"},
  };
  for (const auto& [a, b] : pairs) {
    CAPTURE(a, b);
    CHECK_FALSE(Resemble(a, b));
    CHECK_FALSE(Resemble(b, a));
  }
}

// The optimal string alignment distance, from its whole table.
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> edits(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      const std::size_t wrong = edits[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, wrong});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  }
  return edits[a.size()][b.size()];
}

TEST_CASE("long words resemble each other if and only if they are at most two edits apart") {
  std::mt19937 random(1);
  const auto below = [&random](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  std::size_t resembling = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string a(8 + below(12), ' ');
    for (char& each : a) each = static_cast<char>('a' + below(3));
    std::string b = a;
    for (std::size_t edits = below(5); edits > 0; --edits) {
      const std::size_t at = below(b.size());
      const char letter = static_cast<char>('a' + below(3));
      switch (below(4)) {
        case 0:
          b.insert(at, 1, letter);
          break;
        case 1:
          b.erase(at, 1);
          break;
        case 2:
          b[at] = letter;
          break;
        default:
          std::swap(b[at], b[(at + 1) % b.size()]);
      }
    }
    if (a == b || b.size() < kMinResemblingWord) continue;
    CAPTURE(a, b);
    const bool expected = Distance(a, b) <= 2;
    REQUIRE(Resemble(a, b) == expected);
    resembling += expected ? 1 : 0;
  }
  CHECK(resembling > 5'000);
}

}  // namespace
}  // namespace k8sm::informer
