#include "lib/http_server/page_pace.h"

#include <algorithm>

namespace k8sm::http_server {
namespace {

// The time in which no more may be spent on a page, as a multiple of what has been spent.
constexpr int kTimeRatio = 10;

}  // namespace

PagePace::Clock::duration PagePace::Rest(Clock::time_point now) const {
  return now < rests_until_ ? rests_until_ - now : Clock::duration::zero();
}

void PagePace::Made(Clock::time_point end, Clock::duration spent) {
  spent = std::min<Clock::duration>(spent, kLongestStep);
  rests_until_ = std::max(rests_until_, end - spent) + kTimeRatio * spent;
}

}  // namespace k8sm::http_server
