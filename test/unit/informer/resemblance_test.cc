#include "lib/informer/resemblance.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

TEST_CASE("long words that differ by two edits resemble each other, wherever they stand") {
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

TEST_CASE("short words, other suffixes, versions and other words do not resemble each other") {
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

}  // namespace
}  // namespace k8sm::informer
