#include "controller/page_pace.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

// A page that takes t may be made every 10 t.
constexpr int kShare = 10;

}  // namespace

std::optional<PagePace::Clock::time_point> PagePace::Reserve(Clock::time_point now) {
  const Clock::time_point turn = std::max(now, free_);
  if (turn - now > kLongestWait) return std::nullopt;
  free_ = turn + turn_;
  return turn;
}

void PagePace::Made(Clock::duration took) {
  turn_ = std::min<Clock::duration>(kShare * took, kLongestWait);
}

}  // namespace k8sm::controller
