#include "controller/ops/page_pace.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

// As many times as long as the page took is not to be spent on it.
constexpr int kRestRatio = 9;

}  // namespace

PagePace::Clock::duration PagePace::Rest(Clock::time_point now) const {
  return now < rests_until_ ? rests_until_ - now : Clock::duration::zero();
}

void PagePace::Made(Clock::time_point start, Clock::time_point end) {
  rests_until_ = end + std::min<Clock::duration>(kRestRatio * (end - start), kLongestRest);
}

}  // namespace k8sm::controller
