#include "lib/endpoints/precedence.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <chrono>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

using std::chrono::seconds;
using test::MakePod;

// From the best claim to the worst.
std::vector<std::pair<kube::Pod, bool>> Ranking() {
  kube::Pod undated = MakePod("a").Ready();
  undated.meta.creation_timestamp.reset();
  return {{MakePod("z").CreatedAt(seconds(9)).Terminating(), true},
          {MakePod("z").Ready(), false},
          {MakePod("c").Ready().CreatedAt(seconds(1)), false},
          {MakePod("d").Ready().CreatedAt(seconds(1)), false},
          {MakePod("b").Ready().CreatedAt(seconds(2)), false},
          {undated, false},
          {MakePod("a").Ready().Terminating(), false},
          {MakePod("a"), false},
          {MakePod("a").Terminating(), false}};
}

TEST_CASE("of any two claims exactly one takes precedence, by declaration, state, age and name") {
  const auto ranking = Ranking();
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    for (std::size_t j = 0; j < ranking.size(); ++j) {
      CAPTURE(i, j);
      const SelectedPod a{.pod = &ranking[i].first};
      const SelectedPod b{.pod = &ranking[j].first};
      CHECK(TakesPrecedence({&a, ranking[i].second}, {&b, ranking[j].second}) == (i < j));
    }
  }
}

}  // namespace
}  // namespace k8sm::endpoints
