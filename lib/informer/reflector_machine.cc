#include "lib/informer/reflector_machine.h"

#include "lib/kube/resource_version.h"

#include <algorithm>

namespace k8sm::informer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPageSize = 500;
constexpr seconds kShortestWatch{20};
constexpr seconds kWatchSpread{8};
// A watch that ends sooner, and without an event, is no watch but a failure.
constexpr seconds kVeryShortWatch{1};
constexpr int kSilentWatches = 2;
constexpr int kBrokenFrames = 3;
constexpr std::chrono::minutes kQuiet{2};
// Lists that follow upon each other at once would keep the server as busy as us.
constexpr seconds kRelistAtOnceInterval{5};

// Including the jitter, at most 1 s.
constexpr BackoffOptions kLinkBackoff{.initial = milliseconds(200), .max = milliseconds(500), .jitter = 1.0};
constexpr BackoffOptions kServerBackoff{
    .initial = milliseconds(800), .max = milliseconds(30'000), .jitter = 1.0};

constexpr int kHttpGatewayTimeout = 504;

bool IsTooLargeVersion(const Error& error) {
  return error.cause == "ResourceVersionTooLarge";
}

bool IsLinkFailure(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kCanceled;
}

// Whether a watch that failed so is tried again from the same version, without a list.
bool KeepsVersion(const ReflectorMachine::WatchEnd& end) {
  if (end.error->http_status == kHttpGatewayTimeout) return false;
  if (end.error->code == Errc::kServerError) return !end.in_event;
  return end.error->code == Errc::kTooManyRequests || IsLinkFailure(*end.error);
}

}  // namespace

ReflectorMachine::ReflectorMachine() : link_backoff_(kLinkBackoff), server_backoff_(kServerBackoff) {}

ReflectorAction ReflectorMachine::Next(double random) {
  using Type = ReflectorAction::Type;
  if (pause_) {
    const milliseconds duration = *pause_;
    pause_.reset();
    return {.type = Type::kSleep, .duration = duration};
  }
  switch (state_) {
    case State::kList:
      return {.type = Type::kList, .limit = paged_ ? kPageSize : 0, .continue_token = continue_token_};
    case State::kProbe:
      return {.type = Type::kProbe, .limit = 1};
    case State::kWatch:
      break;
  }
  heard_ = false;
  const auto spread = std::chrono::duration_cast<seconds>((kWatchSpread + seconds(1)) * random);
  return {.type = Type::kWatch, .resource_version = resource_version_, .duration = kShortestWatch + spread};
}

bool ReflectorMachine::OnListPage(std::string_view resource_version, std::string_view continue_token) {
  if (continue_token_.empty()) resource_version_ = resource_version;
  continue_token_ = continue_token;
  if (!continue_token_.empty()) return false;
  paged_ = true;
  silent_watches_ = 0;
  broken_frames_ = 0;
  state_ = State::kWatch;
  return true;
}

void ReflectorMachine::OnListFailed(const Error& error, Moment moment) {
  const bool snapshot_lost = error.code == Errc::kExpired && !continue_token_.empty();
  Relist();
  if (snapshot_lost) {
    paged_ = false;
  } else if (error.code == Errc::kExpired) {
    RelistAtOnce(error, moment);
  } else {
    Pause(error, moment);
  }
}

void ReflectorMachine::OnProbe(std::string_view resource_version, Moment moment) {
  silent_watches_ = 0;
  state_ = State::kWatch;
  const bool gone_back =
      resource_version != resource_version_ && !kube::IsNewer(resource_version, resource_version_);
  if (gone_back) RelistAtOnce({.code = Errc::kExpired}, moment);
}

void ReflectorMachine::OnProbeFailed(const Error& error, Moment moment) {
  // The next watch meets the same failure, or is silent and followed by another probe.
  state_ = State::kWatch;
  Pause(error, moment);
}

void ReflectorMachine::OnWatchEvent(std::string_view resource_version) {
  heard_ = true;
  if (resource_version.empty()) return;
  broken_frames_ = 0;
  resource_version_ = resource_version;
}

void ReflectorMachine::OnWatchEnded(const WatchEnd& end, Moment moment) {
  if (heard_) silent_watches_ = 0;
  if (!end.error) {
    OnCleanEnd(end.lasted, moment);
  } else if (end.error->code == Errc::kExpired || IsTooLargeVersion(*end.error)) {
    RelistAtOnce(*end.error, moment);
  } else if (end.error->code == Errc::kMalformed) {
    OnBrokenFrame(*end.error, moment);
  } else {
    if (!KeepsVersion(end)) Relist();
    Pause(*end.error, moment);
  }
}

void ReflectorMachine::OnCleanEnd(milliseconds lasted, Moment moment) {
  if (heard_) return;
  if (lasted < kVeryShortWatch) {
    Pause({.code = Errc::kServerError}, moment);
  } else if (++silent_watches_ >= kSilentWatches) {
    state_ = State::kProbe;
  }
}

void ReflectorMachine::OnBrokenFrame(const Error& error, Moment moment) {
  // What broke on the way will not break there again, so the first tries follow soon.
  if (++broken_frames_ < kBrokenFrames) return Pause({.code = Errc::kUnavailable}, moment);
  Relist();
  Pause(error, moment);
}

void ReflectorMachine::Relist() {
  state_ = State::kList;
  paged_ = true;
  continue_token_.clear();
}

void ReflectorMachine::RelistAtOnce(const Error& error, Moment moment) {
  Relist();
  if (last_relist_at_once_ && moment.now - *last_relist_at_once_ < kRelistAtOnceInterval) {
    Pause(error, moment);
  } else {
    last_relist_at_once_ = moment.now;
  }
}

void ReflectorMachine::Pause(const Error& error, Moment moment) {
  if (last_pause_ && moment.now - *last_pause_ > kQuiet) {
    link_backoff_.Reset();
    server_backoff_.Reset();
  }
  last_pause_ = moment.now;
  const milliseconds pause = (IsLinkFailure(error) ? link_backoff_ : server_backoff_).Next(moment.random);
  const milliseconds retry_after =
      std::clamp<milliseconds>(error.retry_after.value_or(seconds(0)), milliseconds(0), kLongestRetryAfter);
  pause_ = std::max(pause, retry_after);
}

}  // namespace k8sm::informer
