// The list/watch protocol that keeps a cache in sync, as a state machine without I/O: Next() returns the next
// action, the On... functions take its outcome. Mirrors client-go's reflector (tools/cache/reflector.go), but
// with short watches, a deadline for streaming lists, and detection of a server whose history went back.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
#define K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_

#include "lib/base/backoff.h"
#include "lib/base/error.h"
#include "lib/informer/reflector_timing.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::informer {

// The next action.
struct ReflectorAction {
  enum class Type {
    // A streaming list: a watch that begins with all existing objects. Its events are list items until the
    // bookmark that ends the list (OnStreamListed); after that it is an ordinary watch and ends with
    // OnWatchEnded.
    kStream,
    kList,   // get one page of a list; then call OnListPage or OnListFailed
    kProbe,  // list one object, to get its resource version; then call OnProbe or OnProbeFailed
    kWatch,  // watch, calling OnWatchEvent for each event; then call OnWatchEnded
    kSleep,  // wait for `duration`
  };
  Type type = Type::kStream;

  // kList and kProbe: maximum number of objects per page; 0 means no limit.
  int limit = 0;
  // kList: the token of the previous page. Empty if this page begins a list; then a previous list is void.
  std::string continue_token;
  // kWatch: version at which the watch begins. Lists do not set it, to get the server's current state.
  std::string resource_version;
  // kStream, kWatch: how long the server keeps the watch open (timeoutSeconds); the client ends it if the
  // server does not. kSleep: how long to wait.
  std::chrono::milliseconds duration{0};
  // Timeouts of all actions except kSleep; for kStream, until OnStreamListed.
  Patience patience;
  // kStream: timeouts after OnStreamListed, and from then on, not from the beginning.
  Patience patience_as_watch;
};

// Decides the order of lists, watches and pauses.
//
// Streaming lists. If the server supports it, the list is streamed: its content is held in memory only once,
// and it continues as a watch. A server shows that it cannot stream by rejecting the request or by never
// sending the final bookmark (an old server treats the request as a plain watch). After 5 s of silence, or 5
// minutes, the machine uses paged lists with 500 objects per page for an hour. StreamNoLists()
// skips the attempt. Other failures are ambiguous, so lists are paged until one is complete; refused
// connections and 429 have no effect on the choice (isErrorRetriableWithSideEffectsFn in reflector.go).
//
// If the snapshot of a paged list expires between two pages (410), the list is repeated once without a limit.
//
// Watches. A watch begins at the version at which the previous list or watch ended. Watches last only 20 to
// 27 s, because over HTTP/1.1 the end of a watch is how a dead peer is noticed: including 2 s of slack for
// the server and the following pause, a connection that stays open without passing data is abandoned within
// 30 s. 410 (the history was compacted) causes an immediate relist. If a watch cannot be opened or breaks, it
// is retried at the same version. An error that means that the request is wrong (403, 404, ...) causes a
// relist after a pause.
//
// Server history. A server that was restored from a backup or replaced may have less history than the cache
// has seen; it accepts the watch and stays silent. So after two silent watches in a row, after the server was
// unreachable, and on RequestProbe(), a probe requests its current version; if that is older than the
// cache's, the machine relists. Silence alone proves nothing, as there may be no changes.
//
// kUnknownField ends a list or watch that has to be read again in another encoding, which the caller asks
// for. It says nothing against streaming or paging, so the machine relists at once in the way that it would
// have used.
//
// Backoff. Pauses grow up to 1 s while the server is unreachable, because attempts are cheap and the recovery
// should be noticed soon, and up to 60 s if it answers with errors. For 30 s after it was unreachable, errors
// are attributed to a server that is still starting (e.g. whose authorizer has not loaded its roles yet):
// pauses stay within 1 s and there is no relist. The backoff resets after two minutes without a failure.
// Retry-After is honoured up to 5 minutes.
class ReflectorMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The current time and a fresh uniformly distributed random number, 0 <= random < 1.
  struct Moment {
    TimePoint now;
    double random = 0;
  };

  // How a watch ended.
  struct WatchEnd {
    // nullopt if the server ended it regularly, or its time was up. kMalformed if the data was not a sequence
    // of JSON objects.
    std::optional<Error> error;
    // The error was received as an ERROR event rather than as the response to the request.
    bool in_event = false;
    std::chrono::milliseconds lasted{0};
  };

  explicit ReflectorMachine(const ReflectorTiming& timing = {});

  // Uses paged lists from the beginning, because the server is known not to support streaming. Call it before
  // Next().
  void StreamNoLists();

  // Returns the next action. REQUIRES: 0 <= random < 1; the outcome of the previous action has been passed
  // in.
  ReflectorAction Next(double random);

  // Takes the page's version and its continue token. Returns whether the list is complete, i.e. the token is
  // empty.
  bool OnListPage(std::string_view resource_version, std::string_view continue_token);
  // The list or one of its pages failed.
  void OnListFailed(const Error& error, Moment moment);

  // Takes the version of the bookmark that ends a streaming list.
  void OnStreamListed(std::string_view resource_version);

  // Asks for a probe in place of the watch that is in progress or comes next, because the server may have
  // gone back. Returns whether a watch was due; lists and probes tell the server's version by themselves.
  bool RequestProbe();

  // Takes the version that a probe returned. Returns whether it is older than ours.
  bool OnProbe(std::string_view resource_version, Moment moment);
  // The probe failed.
  void OnProbeFailed(const Error& error, Moment moment);

  // Takes the version of an ADDED, MODIFIED, DELETED or BOOKMARK event; empty for an event that could not be
  // decoded. REQUIRES: not a streaming list before OnStreamListed.
  void OnWatchEvent(std::string_view resource_version);
  // The watch or streaming list ended, regularly or not.
  void OnWatchEnded(const WatchEnd& end, Moment moment);

  // Whether the server has shown that it cannot stream lists, and has not streamed one since.
  bool gave_up_streaming() const { return stream_again_.has_value(); }

  // Version of the list's first page or final bookmark, then of the last watch event.
  const std::string& resource_version() const { return resource_version_; }

 private:
  enum class State { kStream, kList, kProbe, kWatch };

  ReflectorAction Watch(ReflectorAction::Type type, double random);
  bool MayStream(TimePoint now) const;
  void OnListed();
  void OnStreamFailed(const WatchEnd& end, Moment moment);
  void OnCleanEnd(std::chrono::milliseconds lasted, Moment moment);
  void OnBrokenFrame(const Error& error, Moment moment);
  void Relist(TimePoint now);
  void RelistAtOnce(const Error& error, Moment moment);
  void Pause(const Error& error, Moment moment);
  bool IsRecovering(TimePoint now) const;

  const ReflectorTiming timing_;
  State state_ = State::kStream;
  std::optional<std::chrono::milliseconds> pause_;  // pause before the action of state_

  bool streams_lists_ = true;
  bool fallen_back_ = false;               // a stream failed, and no list has completed since
  std::optional<TimePoint> stream_again_;  // earliest next attempt to stream; set if the server cannot stream
  bool paged_ = true;                      // whether lists that are not streamed use a limit
  std::string continue_token_;
  std::string resource_version_;

  bool heard_ = false;      // an event or bookmark was received in this watch
  int silent_watches_ = 0;  // consecutive
  int broken_frames_ = 0;   // consecutive, without an event in between

  Backoff link_backoff_;    // while the server is unreachable
  Backoff server_backoff_;  // while it answers with errors
  std::optional<TimePoint> last_pause_;
  std::optional<TimePoint> last_relist_at_once_;
  std::optional<TimePoint> last_unreachable_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
