#include "lib/informer/reflector_machine.h"

#include "lib/kube/resource_version.h"

#include <algorithm>

namespace k8sm::informer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPageSize = 500;
// A watch that ends sooner than this without an event counts as a failure.
constexpr seconds kVeryShortWatch{1};
constexpr int kSilentWatches = 2;
constexpr int kBrokenFrames = 3;
constexpr std::chrono::minutes kQuiet{2};
// Minimum time between two immediate relists, to limit the load on the server and on this process.
constexpr seconds kRelistAtOnceInterval{5};
// The server may be upgraded to a version that can stream lists, so streaming is tried again after this time.
constexpr std::chrono::hours kStreamAgain{1};
// How long after it became reachable again a server is assumed to be still starting.
constexpr seconds kRecovery{30};

constexpr int kHttpGatewayTimeout = 504;

bool IsTooLargeVersion(const Error& error) {
  return error.cause == "ResourceVersionTooLarge";
}

bool IsLinkFailure(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kCanceled;
}

bool IsUnreachable(const Error& error) {
  return IsLinkFailure(error) && !error.sent;
}

// Whether to retry a failed watch from the same version, without a relist.
bool KeepsVersion(const ReflectorMachine::WatchEnd& end) {
  if (end.error->http_status == kHttpGatewayTimeout) return false;
  if (end.error->code == Errc::kServerError) return !end.in_event;
  return end.error->code == Errc::kTooManyRequests || end.error->code == Errc::kUnauthorized ||
         IsLinkFailure(*end.error);
}

// Whether a streaming list that ended before its final bookmark shows that the server does not support
// streaming.
bool IsNoStream(const ReflectorMachine::WatchEnd& end) {
  if (!end.error) return true;
  return end.error->code == Errc::kRejected || end.error->code == Errc::kNotFound ||
         end.error->code == Errc::kTimeout;
}

}  // namespace

ReflectorMachine::ReflectorMachine(const ReflectorTiming& timing)
    : timing_(timing), link_backoff_(timing.link_backoff), server_backoff_(timing.server_backoff) {}

void ReflectorMachine::StreamNoLists() {
  streams_lists_ = false;
  state_ = State::kList;
}

ReflectorAction ReflectorMachine::Next(double random) {
  using Type = ReflectorAction::Type;
  if (pause_) {
    const milliseconds duration = *pause_;
    pause_.reset();
    return {.type = Type::kSleep, .duration = duration};
  }
  switch (state_) {
    case State::kStream:
      return Watch(Type::kStream, random);
    case State::kList:
      return {.type = Type::kList,
              .limit = paged_ ? kPageSize : 0,
              .continue_token = continue_token_,
              .patience = timing_.list};
    case State::kProbe:
      return {.type = Type::kProbe, .limit = 1, .patience = timing_.list};
    case State::kWatch:
      break;
  }
  ReflectorAction action = Watch(Type::kWatch, random);
  action.resource_version = resource_version_;
  action.patience = action.patience_as_watch;
  return action;
}

ReflectorAction ReflectorMachine::Watch(ReflectorAction::Type type, double random) {
  heard_ = false;
  const seconds duration =
      timing_.shortest_watch + std::chrono::duration_cast<seconds>(timing_.watch_spread * random);
  const milliseconds slack = timing_.watch_slack;
  ReflectorAction action{.type = type, .duration = duration, .patience = timing_.stream};
  if (type == ReflectorAction::Type::kStream) action.duration = timing_.list.total;
  action.patience.total = action.duration + slack;
  action.patience_as_watch = {.quiet = duration + slack, .idle = slack, .total = duration + 5 * slack};
  return action;
}

bool ReflectorMachine::MayStream(TimePoint now) const {
  return streams_lists_ && !fallen_back_ && (!stream_again_ || now >= *stream_again_);
}

bool ReflectorMachine::OnListPage(std::string_view resource_version, std::string_view continue_token) {
  if (continue_token_.empty()) resource_version_ = resource_version;
  continue_token_ = continue_token;
  if (!continue_token_.empty()) return false;
  OnListed();
  return true;
}

void ReflectorMachine::OnStreamListed(std::string_view resource_version) {
  resource_version_ = resource_version;
  stream_again_.reset();
  heard_ = true;
  OnListed();
}

void ReflectorMachine::OnListed() {
  fallen_back_ = false;
  silent_watches_ = 0;
  broken_frames_ = 0;
  state_ = State::kWatch;
}

void ReflectorMachine::OnListFailed(const Error& error, Moment moment) {
  if (error.code == Errc::kUnknownField) return RelistAtOnce(error, moment);
  const bool snapshot_lost = error.code == Errc::kExpired && !continue_token_.empty();
  if (snapshot_lost) {
    continue_token_.clear();
    paged_ = false;
  } else if (error.code == Errc::kExpired || IsTooLargeVersion(error)) {
    RelistAtOnce(error, moment);
  } else {
    Relist(moment.now);
    Pause(error, moment);
  }
}

void ReflectorMachine::OnStreamFailed(const WatchEnd& end, Moment moment) {
  if (end.error && (IsUnreachable(*end.error) || end.error->code == Errc::kTooManyRequests)) {
    return Pause(*end.error, moment);
  }
  fallen_back_ = true;
  if (IsNoStream(end)) stream_again_ = moment.now + kStreamAgain;
  Relist(moment.now);
  if (end.error && IsLinkFailure(*end.error)) Pause(*end.error, moment);
}

bool ReflectorMachine::RequestProbe() {
  if (state_ != State::kWatch) return false;
  state_ = State::kProbe;
  return true;
}

bool ReflectorMachine::OnProbe(std::string_view resource_version, Moment moment) {
  silent_watches_ = 0;
  state_ = State::kWatch;
  const bool gone_back =
      resource_version != resource_version_ && !kube::IsNewer(resource_version, resource_version_);
  if (gone_back) RelistAtOnce({.code = Errc::kExpired}, moment);
  return gone_back;
}

void ReflectorMachine::OnProbeFailed(const Error& error, Moment moment) {
  // On other errors the next watch either fails the same way or is silent, which leads to another probe.
  if (!IsUnreachable(error)) state_ = State::kWatch;
  Pause(error, moment);
}

void ReflectorMachine::OnWatchEvent(std::string_view resource_version) {
  heard_ = true;
  if (resource_version.empty()) return;
  broken_frames_ = 0;
  resource_version_ = resource_version;
}

void ReflectorMachine::OnWatchEnded(const WatchEnd& end, Moment moment) {
  if (end.error && end.error->code == Errc::kUnknownField) return RelistAtOnce(*end.error, moment);
  if (state_ == State::kStream) return OnStreamFailed(end, moment);
  if (heard_) silent_watches_ = 0;
  if (!end.error) {
    OnCleanEnd(end.lasted, moment);
  } else if (end.error->code == Errc::kExpired || IsTooLargeVersion(*end.error)) {
    RelistAtOnce(*end.error, moment);
  } else if (end.error->code == Errc::kMalformed) {
    OnBrokenFrame(*end.error, moment);
  } else {
    if (IsUnreachable(*end.error)) {
      state_ = State::kProbe;
    } else if (!KeepsVersion(end) && (end.in_event || !IsRecovering(moment.now))) {
      Relist(moment.now);
    }
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
  // Data corrupted in transit will probably arrive intact next time, so the first retries follow quickly.
  if (++broken_frames_ < kBrokenFrames) return Pause({.code = Errc::kUnavailable, .sent = true}, moment);
  Relist(moment.now);
  Pause(error, moment);
}

void ReflectorMachine::Relist(TimePoint now) {
  state_ = MayStream(now) ? State::kStream : State::kList;
  paged_ = true;
  continue_token_.clear();
}

void ReflectorMachine::RelistAtOnce(const Error& error, Moment moment) {
  Relist(moment.now);
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
  if (IsUnreachable(error)) last_unreachable_ = moment.now;
  const bool is_short = IsLinkFailure(error) || IsRecovering(moment.now);
  const milliseconds pause = (is_short ? link_backoff_ : server_backoff_).Next(moment.random);
  const milliseconds retry_after =
      std::clamp<milliseconds>(error.retry_after.value_or(seconds(0)), milliseconds(0), kLongestRetryAfter);
  pause_ = std::max(pause, retry_after);
}

bool ReflectorMachine::IsRecovering(TimePoint now) const {
  return last_unreachable_ && now - *last_unreachable_ < kRecovery;
}

}  // namespace k8sm::informer
