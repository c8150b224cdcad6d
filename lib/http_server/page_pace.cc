#include "lib/http_server/page_pace.h"

#include <algorithm>

namespace k8sm::http_server {
namespace {

// The pause after a page, as a multiple of the time spent on it.
constexpr int kRestRatio = 9;

}  // namespace

PagePace::Clock::duration PagePace::Rest(Clock::time_point now) const {
  return now < rests_until_ ? rests_until_ - now : Clock::duration::zero();
}

void PagePace::Made(Clock::time_point end, Clock::duration spent) {
  rests_until_ = end + std::min<Clock::duration>(kRestRatio * spent, kLongestRest);
}

}  // namespace k8sm::http_server
